"""Fixtures of all tests; those that start servers are in `tests.servers`."""

import gc
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import Settings
from threadpoolctl import threadpool_limits

from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import (
    MANIFEST_NAME,
    WEIGHTS_NAME,
    Preprocessing,
    manifest_as_dict,
    read_manifest,
    sha256_of,
)
from classifier.ml.network import HierarchicalResNet
from tests.databases import database_at, default_database, empty_tables
from tests.manifests import a_manifest
from tests.repository import REPOSITORY
from tests.servers.prepared import sqlite_with_tables, with_tables
from training.data.photo_folders import PhotoFolders

pytest_plugins = ["tests.servers.fixtures"]

# The numbers of the tests are small, and several processes share the cores: threads of a library
# would wait for each other. For libraries that are loaded, for those that come, and for what the
# tests start; torch has a setting of its own.
threadpool_limits(1)
os.environ["OMP_NUM_THREADS"] = "1"
torch.set_num_threads(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        help="run all tests of pages in a browser on this database; without it, on those that they "
        "are marked with",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs no server first, so that plain mistakes show within seconds.

    Of the rest the longest come first, so that processes that share the work end together.
    """
    items.sort(
        key=lambda item: (
            item.get_closest_marker("integration") is not None,
            item.get_closest_marker("long") is None,
        )
    )


def pytest_collection_finish() -> None:
    """Have garbage collection leave out what is loaded by now: most objects are, and stay."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    shutil.rmtree(django_settings.VAR_DIR, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def tables_can_be_emptied() -> Iterator[None]:
    """A test with real transactions leaves the database as it was before the first one.

    Django would delete every row: SQLite's triggers would refuse, and what migrations made, such as
    the groups, would be missing for the tests that follow.
    """
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # Django's own hook

    def tear_down(case: TransactionTestCase) -> None:
        if connection.vendor == "sqlite":
            copy_tables()
            return
        empty(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", tear_down)
        yield


def _migrate(file: Path) -> None:
    with default_database(database_at(f"sqlite:///{file}")):
        call_command("migrate", verbosity=0)


def copy_tables() -> None:
    """Make the tests' own database, of SQLite in memory, as migrations make it."""
    file = sqlite_with_tables(_migrate)
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as made:
        made.backup(connection.connection)


@pytest.fixture(autouse=True)
def language_of_one_test() -> Iterator[None]:
    """A page that was answered in Swedish leaves its language to the thread, as Django does."""
    yield
    translation.deactivate()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path is short enough for Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="sf-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def storage_folder(settings: Settings, tmp_path: Path) -> Path:
    """Where this test's photos (``media``) and bundles (``bundles``) lie; empty at its start."""
    folder = tmp_path / "storage"
    settings.STORAGES = {
        **settings.STORAGES,
        **{
            name: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": folder / subfolder, "base_url": None},
            }
            for name, subfolder in (("default", "media"), ("bundles", "bundles"))
        },
    }
    return folder


@pytest.fixture(scope="session")
def untrained_network() -> HierarchicalResNet:
    """A network as it was made; leave it as it is."""
    return HierarchicalResNet().eval()


@pytest.fixture(scope="session")
def untrained_bundle(
    untrained_network: HierarchicalResNet, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A whole bundle whose network knows nothing. Copy it before changing it."""
    folder = tmp_path_factory.mktemp("bundles") / "untrained"
    # Small photos: what is tested here does not depend on the size, and these are quick.
    small = Preprocessing(size=64, resize=64)
    save_bundle(untrained_network, a_manifest(name="untrained", preprocessing=small), folder)
    return folder


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole bundle for who never loads its network: some bytes stand for 47 MB of weights."""
    folder = tmp_path_factory.mktemp("bundles") / "small"
    folder.mkdir()
    (folder / WEIGHTS_NAME).write_bytes(b"weights")
    manifest = a_manifest(name="untrained", weights_sha256=sha256_of(folder / WEIGHTS_NAME))
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest_as_dict(manifest)))
    return folder


@pytest.fixture
def small_copy(small_bundle: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may damage."""
    return Path(shutil.copytree(small_bundle, tmp_path / "copy"))


@pytest.fixture
def bundle_copy(untrained_bundle: Path, tmp_path: Path) -> Path:
    """A copy of the untrained bundle that a test may damage."""
    return Path(shutil.copytree(untrained_bundle, tmp_path / "copy"))


@pytest.fixture(scope="session")
def starter_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the model that ships with the repository."""
    folder = REPOSITORY / "bundles" / "starter"
    if not (folder / "weights.safetensors").is_file():
        pytest.skip(f"The starter model is not there: {folder} has no weights.safetensors.")
    return Path(shutil.copytree(folder, tmp_path_factory.mktemp("starter") / "starter"))


@pytest.fixture(scope="session")
def photos_dir() -> Path:
    """Real photos in folders Main/Subclass/, which the repository does not contain."""
    if not (value := os.environ.get("PHOTOS_DIR")):
        pytest.skip("PHOTOS_DIR is not set: it names a folder of real photos, Main/Subclass/*.jpg.")
    folder = Path(value.split(os.pathsep)[0])  # of several folders the first will do
    if not folder.is_dir():
        pytest.skip(f"PHOTOS_DIR is {value}, and there is no folder {folder}.")
    return folder


@pytest.fixture(scope="session")
def starter_photos(photos_dir: Path, starter_bundle: Path) -> PhotoFolders:
    """The photos that the starter model was made from: `photos_dir` and its neighbour."""
    both = [photos_dir, photos_dir.parent / "more-photos"]
    folders = PhotoFolders.of([folder for folder in both if folder.is_dir()])
    made_from = read_manifest(starter_bundle).dataset_fingerprint
    if folders.fingerprint(folders.read()) != made_from:
        pytest.skip(f"{folders.label} are not the photos that the starter model was trained on.")
    return folders


@pytest.fixture
def seller(db: None) -> User:
    return User.objects.create_user("seller", password="one that no list has")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Have no migration run where `django_db_setup` copies what one makes."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The tests' own database has all tables and triggers."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            copy_tables()


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        return with_tables(f"sqlite:///{tmp_path_factory.mktemp('db') / 'db.sqlite3'}")


@pytest.fixture(scope="session")
def postgresql_database(new_postgresql_database: Any, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        return with_tables(new_postgresql_database("rows"))


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)],
)
def real_database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """SQLite in a file, then PostgreSQL: real commits, and every thread has its own connection."""
    chosen = request.getfixturevalue(f"{request.param}_database")
    with django_db_blocker.unblock(), default_database(chosen):
        yield request.param
        empty_tables()
