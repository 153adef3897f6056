"""Splits: by product, each label in proportion, the same every time."""

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from classifier.taxonomy import MAIN_OF, SUBCLASSES
from tests.training.patterns import save_pattern
from training.data.folder import PhotosError, Sample, read_photos
from training.data.splits.split import SplitDataset, stratified_split, stratified_split_dataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty different photos of boots and of clutches each, and five others."""
    for number, subfolder in enumerate(("Shoes/Boots", "Bags/Clutches")):
        for i in range(20):
            save_pattern(tmp_path / subfolder / f"{i:02}.jpg", seed=100 * number + i)
    for i in range(5):
        save_pattern(tmp_path / "Others/Plants" / f"{i}.jpg", seed=900 + i)
    return tmp_path


def sides(split: SplitDataset) -> dict[str, str]:
    """Return which side each photo is on, by its folder and name."""
    return {
        f"{sample.path.parent.name}/{sample.path.name}": side
        for side, samples in (("train", split.train), ("validation", split.validation))
        for sample in samples
    }


def test_every_label_is_split_80_to_20(folder: Path) -> None:
    """Each label gives a fifth of its photos to validation, and nothing is lost or doubled."""
    split = stratified_split_dataset(read_photos(folder))
    assert Counter(s.stratum for s in split.validation) == {"Boots": 4, "Clutches": 4, "Others": 1}
    assert len(sides(split)) == len(split.train) + len(split.validation) == 45


def test_the_split_is_the_same_again_and_another_with_another_seed(folder: Path) -> None:
    """Order of the samples does not matter; the seed does."""
    samples = read_photos(folder)
    first = sides(stratified_split_dataset(samples))
    assert sides(stratified_split_dataset(samples[::-1])) == first
    assert sides(stratified_split_dataset(samples, seed=1)) != first


def test_subclasses_map_to_main_class_and_index(folder: Path) -> None:
    """The maps that come with a split are the taxonomy's."""
    split = stratified_split_dataset(read_photos(folder))
    assert split.main_of == MAIN_OF
    assert [split.sub_index[sub] for sub in SUBCLASSES] == list(range(9))


def test_the_cap_leaves_photos_out_and_says_how_many(folder: Path) -> None:
    """With a cap of 10, ten photos of a subclass are kept; the report counts the others."""
    split = stratified_split_dataset(read_photos(folder), cap=10)
    assert Counter(s.stratum for s in split.train + split.validation) == {
        "Boots": 10,
        "Clutches": 10,
        "Others": 5,
    }
    assert split.report.capped == {"Boots": 10, "Clutches": 10}
    assert "Boots: 10 photos above the cap." in str(split.report)


def test_near_duplicates_stay_on_one_side(folder: Path) -> None:
    """Copies of one photo in other sizes are one product, although nobody grouped them."""
    for name in ("03", "07", "11"):
        with Image.open(folder / "Shoes/Boots" / f"{name}.jpg") as photo:
            photo.resize((120, 90)).save(folder / "Shoes/Boots" / f"{name}-small.jpg")
    for seed in range(5):
        split = stratified_split_dataset(read_photos(folder), seed=seed)
        side = sides(split)
        for name in ("03", "07", "11"):
            assert side[f"Boots/{name}.jpg"] == side[f"Boots/{name}-small.jpg"]
        assert split.report.joined == 3


def test_photos_of_one_group_stay_on_one_side(folder: Path) -> None:
    """Photos that look different but carry one product name are never split."""
    boots = [s for s in read_photos(folder) if s.sub == "Boots"]
    pairs = [Sample(s.path, s.main, s.sub, f"pair-{i // 2}") for i, s in enumerate(boots)]
    for seed in range(5):
        split = stratified_split_dataset(pairs, seed=seed, validation=0.5)
        held_out = {sample.group for sample in split.validation}
        assert held_out
        assert held_out.isdisjoint(sample.group for sample in split.train)


def test_unreadable_photos_are_dropped_by_name(folder: Path) -> None:
    """A damaged photo is in neither split; the report names it and says why."""
    (folder / "Shoes/Boots/04.jpg").write_bytes(b"no photo")
    split = stratified_split_dataset(read_photos(folder))
    assert "Boots/04.jpg" not in sides(split)
    assert [photo.path.name for photo in split.report.unreadable] == ["04.jpg"]
    assert "cannot be decoded" in str(split.report)


def test_a_label_with_too_few_products_is_named(folder: Path) -> None:
    """A label whose photos all went to train is in the report."""
    split = stratified_split_dataset(read_photos(folder), validation=0.1)
    assert split.report.unvalidated == ["Others"]


def test_nothing_readable_and_senseless_numbers_are_refused(folder: Path) -> None:
    """No readable photo, a cap of 0 and a share of 1 are errors that say what was expected."""
    gone = [Sample(folder / "gone.jpg", "Shoes", "Boots", "x")]
    with pytest.raises(PhotosError, match="None of the 1 photos can be read"):
        stratified_split_dataset(gone)
    for wrong in ({"cap": 0}, {"validation": 1.0}):
        with pytest.raises(ValueError, match="Expected cap >= 1 and 0 < validation < 1"):
            stratified_split_dataset(gone, **wrong)


def test_the_three_way_split_shares_no_product(photos_dir: Path) -> None:
    """On the real photos, train, validation and test have no product in common."""
    split = stratified_split(read_photos(photos_dir), seed=0)
    train, validation, test = (
        {photo.group for photo in taken} for taken in (split.train, split.validation, split.test)
    )
    assert validation
    assert test
    assert train.isdisjoint(validation | test)
    assert validation.isdisjoint(test)
