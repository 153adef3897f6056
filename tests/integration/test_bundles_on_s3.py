"""Bundles in S3: every worker on every machine finds them."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from classifier.ml.manifest import BundleMissingError, sha256_of
from classifier.models import ModelVersion
from classifier.versions import registry, storage
from tests.databases import in_threads
from tests.s3_storage import s3_storage

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def bundles_on_s3(s3: dict[str, str], settings: Settings, tmp_path: Path) -> Path:
    """Where this machine keeps what it fetched; a folder of the bucket for this test alone."""
    settings.STORAGES = {**settings.STORAGES, "bundles": s3_storage(s3, folder=tmp_path.name)}
    settings.BUNDLE_CACHE_DIR = tmp_path / "cache"
    return tmp_path / "cache"


@pytest.fixture
def version(bundle_copy: Path) -> ModelVersion:
    (bundle_copy / "dataset.csv").write_text("path,main\n", encoding="utf-8")
    return registry.register(folder=bundle_copy)


def test_a_bundle_and_its_extras_come_back_as_they_were(
    version: ModelVersion, bundle_copy: Path
) -> None:
    """Weights are fetched whole; the dataset is read where it lies; what is not there is None."""
    weights = storage.local_folder(version) / "weights.safetensors"
    assert sha256_of(weights) == sha256_of(bundle_copy / "weights.safetensors")
    dataset = storage.open_extra(version, "dataset.csv")
    assert dataset is not None
    with dataset:
        assert dataset.read() == b"path,main\n"
    assert storage.open_extra(version, "report.html") is None


def test_workers_of_one_machine_fetch_at_the_same_time(
    version: ModelVersion, bundles_on_s3: Path
) -> None:
    """Four at once all end with a whole bundle, and leave one folder."""
    folders = in_threads(4, lambda: storage.local_folder(version))
    storage.check_files(version)
    assert list(bundles_on_s3.iterdir()) == [folders[0]]


def test_the_copies_that_were_used_last_are_kept(small_copy: Path, bundles_on_s3: Path) -> None:
    """A fifth bundle drives out the one that nobody used for longest, and a killed fetch's rest."""
    versions = [registry.register(folder=renamed(small_copy, f"model-{n}")) for n in range(5)]
    folders = [storage.local_folder(version) for version in versions[:4]]
    for age, folder in enumerate(reversed(folders)):
        os.utime(folder, (time.time() - 60 * age,) * 2)
    assert storage.local_folder(versions[0]) == folders[0]  # used again
    rest, running = bundles_on_s3 / ".fetching-old", bundles_on_s3 / ".fetching-new"
    for folder in (rest, running):
        folder.mkdir()
    os.utime(rest, (time.time() - 7200,) * 2)
    fifth = storage.local_folder(versions[4])
    assert set(bundles_on_s3.iterdir()) == {folders[0], folders[2], folders[3], fifth, running}


def renamed(bundle: Path, name: str) -> Path:
    """Give a bundle another name and return its folder."""
    manifest = json.loads((bundle / "bundle.json").read_text())
    (bundle / "bundle.json").write_text(json.dumps({**manifest, "name": name}))
    return bundle


def test_a_damaged_copy_is_fetched_again(version: ModelVersion) -> None:
    """What the disk of one machine lost, the storage still has."""
    (storage.local_folder(version) / "weights.safetensors").write_bytes(b"damaged")
    storage.check_files(version)


def test_what_the_storage_lacks_is_named_and_mended_by_registering(
    version: ModelVersion, bundle_copy: Path, bundles_on_s3: Path
) -> None:
    """The error says what to type, and typing it helps."""
    storage.bundle_storage().delete(f"{version.name}/weights.safetensors")
    with pytest.raises(BundleMissingError, match=r"lacks a file of untrained.*register_model"):
        storage.check_files(version)
    assert list(bundles_on_s3.iterdir()) == []
    registry.register(folder=bundle_copy)
    shutil.rmtree(bundles_on_s3)
    storage.check_files(version)
