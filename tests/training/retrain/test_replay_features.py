"""Retraining where the base photos are not: replay features stand for them, from end to end."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from classifier.ml.manifest import (
    DATASET_NAME,
    MANIFEST_NAME,
    REPLAY_NAME,
    BundleDamagedError,
    read_manifest,
)
from classifier.ml.network import HeadLayout
from classifier.models import ModelVersion, RetrainRun
from classifier.taxonomy import SUBCLASSES
from classifier.versions import registry, storage
from tests.rows import champion_of
from tests.training.retraining import Shown, make_champion, review, write_base_photos
from training.data.dataset_rows import base_rows, write_dataset
from training.data.folder import read_photos
from training.data.photo_folders import PhotoFolders
from training.data.splits.split import stratified_split

BOOTS, FLATS = SUBCLASSES.index("Boots"), SUBCLASSES.index("Flats")
QUICK = ("--train-from", "heads", "--views", "1", "--batch-size", "32")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def without_replay(tmp_path_factory: pytest.TempPathFactory, base_photos: Path) -> Path:
    """A bundle that lists its photos and confuses boots and flats."""
    folder = make_champion(
        tmp_path_factory.mktemp("bundles") / "joint",
        base_photos,
        name="joint",
        confused=True,
        layout=HeadLayout.JOINT,
    )
    split = stratified_split(read_photos(base_photos), seed=0)
    write_dataset(folder / DATASET_NAME, base_rows(split, PhotoFolders.of(base_photos)))
    return folder


@pytest.fixture(scope="module")
def with_replay(
    without_replay: Path, base_photos: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same bundle after `manage.py add_replay_features`."""
    folder = tmp_path_factory.mktemp("replay")
    bundle = Path(shutil.copytree(without_replay, folder / "joint"))
    add(bundle, base_photos, folder / "cache")
    return bundle


@pytest.fixture(autouse=True)
def var(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def add(bundle: Path, photos: Path, cache: Path) -> None:
    call_command("add_replay_features", str(bundle), "--photos", str(photos), "--cache", str(cache))


def retrain(*options: Any, capsys: Any = None) -> str:
    """Type the command without a folder of photos; return what it prints."""
    call_command("retrain", "--photos", "", *(str(option) for option in options))
    return capsys.readouterr().out if capsys else ""


def twelve_of_each(version: ModelVersion, first: int = 500) -> None:
    review(
        [Shown.of(kind, first + n) for kind in (BOOTS, FLATS) for n in range(12)], version=version
    )


def test_the_heads_are_retrained_and_judged_without_a_base_photo(
    with_replay: Path, capsys: Any
) -> None:
    """Reviews alone are here; the gate counts base photos too, and the next bundle carries them."""
    confused = champion_of(with_replay)
    twelve_of_each(confused)
    printed = retrain(*QUICK, "--epochs", "12", "--head-lr", "0.001", capsys=capsys)
    champion = registry.champion()
    assert champion is not None
    assert champion.parent == confused, printed
    assert champion.gate is not None
    assert 0 < champion.gate["photos"]["reviewed"] < champion.gate["photos"]["items"]
    local = storage.local_folder(champion)
    assert (local / REPLAY_NAME).read_bytes() == (with_replay / REPLAY_NAME).read_bytes()
    page = (local / "report.html").read_text()
    assert "their replay features stand for them" in page
    # The second generation goes on in the same way.
    review([Shown.of(BOOTS, 530 + n) for n in range(6)], version=champion)
    retrain(*QUICK, "--epochs", "2")
    candidate = RetrainRun.objects.latest("requested_at").candidate
    assert candidate is not None
    assert candidate.gate is not None
    assert candidate.gate["photos"]["others"] >= 10


def test_what_was_not_carried_cannot_be_trained(with_replay: Path) -> None:
    """Stage 4 takes photos, and the message says what to do."""
    twelve_of_each(champion_of(with_replay))
    with pytest.raises(CommandError, match="nothing but the heads can be trained"):
        retrain("--train-from", "layer4", "--epochs", "1")


def test_a_bundle_without_them_says_so(without_replay: Path) -> None:
    """It loads and registers as before; a retraining without photos says what is missing."""
    twelve_of_each(champion_of(without_replay))
    with pytest.raises(CommandError, match="too few"):
        retrain(*QUICK, "--epochs", "1")


def test_they_may_come_to_a_version_that_is_registered(
    without_replay: Path, with_replay: Path
) -> None:
    """The same bundle with replay features is the same version, which has them from then on."""
    version = registry.register(folder=without_replay)
    assert registry.register(folder=with_replay) == version
    version.refresh_from_db()
    assert version.manifest["replay_sha256"] == read_manifest(with_replay).replay_sha256
    assert (storage.local_folder(version) / REPLAY_NAME).is_file()


def test_other_features_than_the_manifest_lists_are_refused(
    with_replay: Path, tmp_path: Path
) -> None:
    """A changed or missing file is noticed at registration, and by a retraining afterwards."""
    version = champion_of(with_replay)
    stored = storage.local_folder(version) / REPLAY_NAME
    stored.write_bytes(stored.read_bytes()[:-1] + b"\x00")
    twelve_of_each(version)
    with pytest.raises(CommandError, match="SHA-256 is not the one it was saved with"):
        retrain(*QUICK, "--epochs", "1")
    stored.unlink()
    twelve_of_each(version, first=600)
    with pytest.raises(CommandError, match="it is not there"):
        retrain(*QUICK, "--epochs", "1")
    copy = Path(shutil.copytree(with_replay, tmp_path / "copy"))
    (copy / REPLAY_NAME).unlink()
    with pytest.raises(BundleDamagedError, match=REPLAY_NAME):
        registry.register(folder=copy)


def test_they_are_made_of_the_very_photos(
    without_replay: Path, base_photos: Path, tmp_path: Path
) -> None:
    """A folder without the photos is refused, and the bundle stays as it is."""
    bundle = Path(shutil.copytree(without_replay, tmp_path / "bundle"))
    before = (bundle / MANIFEST_NAME).read_bytes()
    with pytest.raises(CommandError, match="468 of the 480 base photos are not in the named"):
        add(bundle, write_base_photos(tmp_path / "other", each=1), tmp_path / "cache")
    assert (bundle / MANIFEST_NAME).read_bytes() == before
    assert not (bundle / REPLAY_NAME).exists()
    (bundle / DATASET_NAME).unlink()
    with pytest.raises(CommandError, match=r"dataset\.csv"):
        add(bundle, base_photos, tmp_path / "cache")
