"""Sources, kinds and products that are left out whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.taxonomy import SUBCLASSES
from tests.training.labelled import item, other
from training.data.folder import PhotosError, Sample
from training.data.splits.leave_out import FEWEST, SMALL, LeaveOut, folds_of
from training.data.splits.source_split import split_by_source


def of_source(source: str, count: int, sub: str | None = None) -> list[Sample]:
    """Return so many items of a source, of all subclasses unless one is named."""
    return [replace(item(sub or SUBCLASSES[number % 9]), source=source) for number in range(count)]


def test_every_source_takes_its_turn_and_small_ones_go_together() -> None:
    """What is left out is one source whole, and nothing of it is trained on."""
    samples = [*of_source("a", FEWEST), *of_source("b", FEWEST), *of_source("c", 3),
               *of_source("d", 4)]  # fmt: skip
    folds = folds_of(samples, LeaveOut.SOURCE)
    assert [fold.name for fold in folds] == ["a", "b", SMALL]
    for fold in folds:
        out = {samples[number].source for number in fold.held_out}
        assert out.isdisjoint(samples[number].source for number in fold.train)
    assert sorted(n for fold in folds for n in fold.held_out) == list(range(len(samples)))


def test_two_collections_of_one_shop_go_together() -> None:
    """A shop under two names is one thing to leave out; a name that nothing has is an error."""
    samples = [s for name in "abc" for s in of_source(name, FEWEST)]
    folds = folds_of(samples, LeaveOut.SOURCE, together=[["a", "c"]])
    assert [(fold.name, len(fold.held_out)) for fold in folds] == [("a + c", 100), ("b", 50)]
    with pytest.raises(PhotosError, match="No photo has the source z"):
        folds_of(samples, LeaveOut.SOURCE, together=[["a", "z"]])


def test_a_product_of_two_sources_is_not_trained_on_while_one_is_left_out() -> None:
    """Its photo in the other source would give the answer away."""
    samples = [*of_source("a", FEWEST), *of_source("b", FEWEST)]
    samples[-1] = replace(samples[-1], group=samples[0].group)
    fold = folds_of(samples, LeaveOut.SOURCE)[0]
    assert (len(fold.held_out), len(fold.train)) == (FEWEST, FEWEST - 1)


def test_kinds_of_others_are_left_out_whole_and_items_never() -> None:
    """All plants are in one fold; items are trained on in each."""
    kinds = ["Plants", "Cars", "Rooms", "Food", "Toys", "Tools", "Books", "Lamps"]
    others = [
        replace(other(), path=Path(f"Others/{kind}/{n}.jpg")) for kind in kinds for n in range(3)
    ]
    samples = [*of_source("a", 9), *others]
    folds = folds_of(samples, LeaveOut.KIND)
    assert len(folds) > 1
    for fold in folds:
        out = {samples[number].path.parent.name for number in fold.held_out}
        kept = {samples[number].path.parent.name for number in fold.train}
        assert out.isdisjoint(kept)
        assert set(range(9)) <= set(fold.train)
    assert sum(len(fold.held_out) for fold in folds) == len(others)


def test_products_are_left_out_whole() -> None:
    """Photos of one product are in one fold."""
    samples = [replace(item("Boots"), group=f"p{number // 3}") for number in range(60)]
    folds = folds_of(samples, LeaveOut.PRODUCT)
    for fold in folds:
        assert {samples[n].group for n in fold.held_out}.isdisjoint(
            samples[n].group for n in fold.train
        )


def test_one_source_cannot_be_left_out() -> None:
    """That is said, and where sources come from."""
    with pytest.raises(PhotosError, match="column source of a manifest"):
        folds_of(of_source("a", 100), LeaveOut.SOURCE)


def test_a_split_by_source_shares_none() -> None:
    """Three sets without a common source or product; every subclass can be trained on."""
    samples = [s for name in "abcdefgh" for s in of_source(name, 45)]
    samples[0] = replace(samples[0], group="shared")
    samples[-1] = replace(samples[-1], group="shared")
    split = split_by_source(samples, seed=0)
    sets = (split.train, split.validation, split.test)
    for key in ("source", "group"):
        values = [{getattr(sample, key) for sample in split} for split in sets]
        assert len(set().union(*values)) == sum(map(len, values))
    assert {sample.sub for sample in split.train} == set(SUBCLASSES)
    assert all(sets)
    assert split == split_by_source(samples[::-1], seed=0)
    assert split != split_by_source(samples, seed=1)


def test_the_only_source_of_a_label_is_trained_on() -> None:
    """Nothing could be learned of boots if the shop with most boots were held out."""
    samples = [s for name in "abcdef" for s in of_source(name, 36, "Flats")]
    samples += of_source("boots", 36, "Boots")
    for seed in range(5):
        split = split_by_source(samples, seed=seed)
        assert "boots" in {sample.source for sample in split.train}


def test_too_few_sources_are_said() -> None:
    """One source cannot be split by source."""
    with pytest.raises(PhotosError, match="split by product otherwise"):
        split_by_source(of_source("a", 90), seed=0)
