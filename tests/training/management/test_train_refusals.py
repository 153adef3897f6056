"""What `manage.py train` refuses, in a sentence and before any work."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.training.management.training_runs import arguments


def test_too_few_products_to_split_are_said(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """The drawn photos of a class are near-duplicates, so too few products to validate on."""
    given = arguments(
        drawn_photos, backbone_file, tmp_path / "out", cache, split_by="near-duplicates"
    )
    with pytest.raises(CommandError, match="There are no validation photos: too few products"):
        call_command("train", *given)


def test_a_missing_folder_says_what_to_name(backbone_file: Path, tmp_path: Path) -> None:
    """A folder that is not there ends in one sentence, without a bundle."""
    missing = tmp_path / "nowhere"
    with pytest.raises(CommandError, match=r"There is no folder .*nowhere"):
        call_command("train", *arguments(missing, backbone_file, tmp_path / "out", tmp_path))
    assert not (tmp_path / "out").exists()


def test_an_unknown_class_folder_is_named(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """A folder of a class that the label tree lacks is an error that lists the known ones."""
    photos = Path(shutil.copytree(drawn_photos, tmp_path / "photos"))
    (photos / "Bags" / "Clutches").rename(photos / "Bags" / "Wallets")
    with pytest.raises(CommandError, match=r"no subclass 'Wallets'. It has Clutches"):
        call_command("train", *arguments(photos, backbone_file, tmp_path / "out", tmp_path))


def test_a_subclass_without_photos_is_named(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """A subclass with no training photo stops the run before anything is trained."""
    photos = Path(shutil.copytree(drawn_photos, tmp_path / "photos"))
    shutil.rmtree(photos / "Shoes" / "Boots")
    with pytest.raises(CommandError, match="no training photos of Boots"):
        call_command("train", *arguments(photos, backbone_file, tmp_path / "out", tmp_path))


def test_settings_that_make_no_sense_are_refused(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """Half precision on a CPU, a batch of one photo and no views end in a sentence each."""
    for wrong, sentence in (
        ({"precision": "fp16"}, "fp16 needs a GPU"),
        ({"batch_size": 1}, "A step needs 2 photos in each of 1 processes"),
        ({"views": 0}, "--views must be at least 1"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\)"),
        ({"draws": -1}, "draws must not be below 0"),
        ({"loss": "joint"}, "A joint loss is that of joint heads"),
        ({"seeds": "0,1"}, "mean only where all began alike"),
        ({"seeds": "0,one"}, "Seeds are whole numbers, such as 0,1; not '0,one'"),
        ({"seeds": "0,0", "head_layout": "joint"}, "Each seed is trained once"),
        ({"seeds": "0,-1", "head_layout": "joint"}, "seed must not be below 0"),
        ({"seeds": "0,1", "seed": 2}, "not both"),
        ({"train_size": 16}, "preprocessing needs 32 <= size"),
    ):
        asked = arguments(drawn_photos, backbone_file, tmp_path / "out", cache, **wrong)
        with pytest.raises(CommandError, match=sentence):
            call_command("train", *asked)


def test_an_empty_folder_says_what_was_expected(backbone_file: Path, tmp_path: Path) -> None:
    """A folder without photos is an error that shows where photos belong."""
    (tmp_path / "photos").mkdir()
    asked = arguments(tmp_path / "photos", backbone_file, tmp_path / "out", tmp_path / "cache")
    with pytest.raises(CommandError, match=r"no photos.*Main/Subclass"):
        call_command("train", *asked)


def test_a_bundle_is_never_overwritten(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """An output folder that exists is refused at once."""
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("train", *arguments(drawn_photos, backbone_file, tmp_path, cache))
