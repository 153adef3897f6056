"""A bundle's split is made again exactly as it was, whatever it was made by."""

from pathlib import Path

import pytest
from PIL import Image

from classifier.ml.manifest import read_manifest
from classifier.taxonomy import MAIN_OF
from tests.manifests import a_manifest
from tests.training.patterns import save_pattern
from training.data.folder import PhotosError, read_photos
from training.data.photo_folders import PhotoFolders
from training.data.splits.split import stratified_split
from training.data.splits.split_record import SplitBy, SplitRecord, split_as
from training.evaluation.photo_selection import PhotoSelection, choose_photos


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty photos of two subclasses, and a smaller copy of every other one."""
    folder = tmp_path_factory.mktemp("photos")
    for number, sub in enumerate(("Boots", "Clutches")):
        for i in range(40):
            path = folder / MAIN_OF[sub] / sub / f"{i:02}.jpg"
            with Image.open(save_pattern(path, seed=100 * number + i)) as photo:
                if i % 2:
                    photo.resize((120, 90)).save(path.with_name(f"{i:02}-small.jpg"))
    return folder


def test_copies_stay_together_as_near_duplicates_and_not_by_product(photos: Path) -> None:
    """A photo and its smaller copy are in one split, although nobody grouped them."""
    samples = read_photos(photos)
    apart = {}
    for by in (SplitBy.NEAR_DUPLICATES, SplitBy.PRODUCT):
        split = split_as(SplitRecord(0, by), samples)
        name_of = {s.path: n for n in ("train", "validation", "test") for s in getattr(split, n)}
        copies = [path for path in name_of if path.stem.endswith("-small")]
        apart[by] = sum(
            name_of[c] != name_of[c.with_name(c.name.replace("-small", ""))] for c in copies
        )
        assert split.validation
        assert split.test
    assert apart[SplitBy.NEAR_DUPLICATES] == 0
    assert apart[SplitBy.PRODUCT] > 0


def test_a_bundle_is_judged_on_the_split_that_it_records(photos: Path) -> None:
    """By looks or by product, evaluation takes the very photos that training held out."""
    samples = read_photos(photos)
    for record in (SplitRecord(3, SplitBy.NEAR_DUPLICATES), SplitRecord(3, SplitBy.PRODUCT)):
        manifest = a_manifest(metrics={"split": record.as_metrics()})
        chosen = choose_photos(PhotoFolders.of(photos), PhotoSelection.TEST, manifest).samples
        assert chosen == split_as(record, samples).test
    by_product = choose_photos(PhotoFolders.of(photos), PhotoSelection.VALIDATION, manifest).samples
    assert by_product == stratified_split(samples, seed=3).validation


def test_the_starter_model_is_judged_on_its_own_split(
    starter_bundle: Path, starter_photos: PhotoFolders
) -> None:
    """It was split by product with seed 0, over both folders, and stays so."""
    chosen = choose_photos(starter_photos, PhotoSelection.TEST, read_manifest(starter_bundle))
    assert chosen.samples == stratified_split(starter_photos.read(), seed=0).test
    assert not chosen.notes


def test_a_split_that_is_not_known_is_an_error(photos: Path) -> None:
    """A bundle of a later program may be split otherwise; to guess would flatter it."""
    manifest = a_manifest(metrics={"split": {"seed": 0, "by": "brand"}})
    with pytest.raises(PhotosError, match="does not know"):
        choose_photos(PhotoFolders.of(photos), PhotoSelection.TEST, manifest)
    assert choose_photos(PhotoFolders.of(photos), PhotoSelection.ALL, manifest).samples
