"""The sample photos of the demo."""

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from classifier.taxonomy import MAIN_OF, SUBCLASSES, label_path
from local_stack.demo import PHOTOS_PER_LISTING
from local_stack.samples import SamplePhoto, by_listing, read_samples
from slowfashion_ai import settings


def test_every_sample_can_be_opened_and_has_a_label_of_the_taxonomy() -> None:
    """Each row of samples.csv names a picture and a tag that exists."""
    for sample in read_samples():
        with Image.open(sample.path) as picture:
            picture.verify()
        assert sample.expected == label_path(sample.main or None, sample.sub or None)
        assert not sample.sub or MAIN_OF[sample.sub] == sample.main


def test_the_samples_show_every_subclass_twice_and_things_that_belong_to_none() -> None:
    """The demo leaves no class out, and some photos have to be recognised as none of our goods."""
    shown = Counter(sample.sub for sample in read_samples())
    assert all(shown[sub] >= 2 for sub in SUBCLASSES)
    assert sum(not sample.main for sample in read_samples()) >= 2


def test_every_picture_is_listed_once() -> None:
    """No drawn photo is left out of the demo, and none is sent twice."""
    samples = read_samples()
    listed = [sample.path.name for sample in samples]
    files = [path.name for path in samples[0].path.parent.iterdir()]
    assert sorted(listed) == sorted(files)


def test_listings_keep_samples_of_one_title_together() -> None:
    """Photos of one title become one listing, cut where the API's limit is."""
    samples = [
        SamplePhoto(Path(f"{i}.jpg"), "Boots" if i % 2 else "Bags", "", "") for i in range(9)
    ]
    listings = by_listing(samples, 3)
    assert [title for title, _ in listings] == ["Bags", "Bags", "Boots", "Boots"]
    assert sorted(len(group) for _, group in listings) == [1, 2, 3, 3]
    assert PHOTOS_PER_LISTING <= settings.PHOTOS_PER_LISTING


@pytest.mark.parametrize(
    ("answer", "fits"),
    [
        ({"status": "classified", "main": "Bags", "sub": "Tote Bags"}, True),
        ({"status": "classified", "main": "Bags", "sub": None}, False),
        ({"status": "classified", "main": None, "sub": None}, False),
        ({"status": "failed", "main": None, "sub": None}, False),
    ],
)
def test_only_the_exact_tag_gets_a_tick(answer: dict[str, str | None], fits: bool) -> None:
    """The table's mark is not given for a main class alone, nor for a failed photo."""
    sample = SamplePhoto(Path("tote.jpg"), "Tote", "Bags", "Tote Bags")
    assert sample.fits(answer) is fits
