"""What the novelty benchmark leaves out: products stay whole, and what is judged is not fitted."""

from pathlib import Path

import pytest

from benchmarks.novelty.folds import inner_folds, outer_folds
from classifier.taxonomy import MAIN_OF
from training.data.folder import Kind, Sample
from training.data.splits.leave_out import Fold, LeaveOut

SHOPS, KINDS = 6, 12


def shop_photos() -> list[Sample]:
    """Return photos of every shop: two of each product of ours, and others of many kinds."""
    samples = []
    for shop in range(SHOPS):
        for sub, main in MAIN_OF.items():
            for number in range(6):
                path = Path(f"{shop}/{sub}/{number}.jpg")
                product = f"{shop} {sub} {number // 2}"
                samples.append(Sample(path, main, sub, product, f"shop {shop}"))
        for kind in range(KINDS):
            path = Path(f"Others/kind {kind}/{shop}.jpg")
            samples.append(Sample(path, None, None, str(path), f"shop {shop}"))
    return samples


def must_be_apart(samples: list[Sample], fold: Fold) -> None:
    """Fail if a product is on both sides."""
    judged = {samples[row].group for row in fold.held_out}
    assert judged.isdisjoint(samples[row].group for row in fold.train)


@pytest.mark.parametrize("leave_out", [LeaveOut.KIND, LeaveOut.SOURCE])
def test_every_photo_is_judged_once_without_its_product(leave_out: LeaveOut) -> None:
    """So is each photo of a fold, by the folds within, which see nothing of what it holds out."""
    samples = shop_photos()
    folds = outer_folds(samples, leave_out, fewest=1)
    assert sorted(row for fold in folds for row in fold.held_out) == list(range(len(samples)))
    for fold in folds:
        must_be_apart(samples, fold)
        within = inner_folds(samples, fold, leave_out)
        assert sorted(row for one in within for row in one.held_out) == sorted(fold.train)
        for one in within:
            must_be_apart(samples, one)
            assert {*one.held_out, *one.train} <= set(fold.train)


def test_kinds_are_left_out_whole_with_products_to_compare_with() -> None:
    """No kind of others is on both sides, and both items and others are judged in each fold."""
    samples = shop_photos()
    for fold in outer_folds(samples, LeaveOut.KIND):
        judged = [samples[row] for row in fold.held_out]
        assert {sample.kind for sample in judged} == {Kind.ITEM, Kind.OTHER}
        kinds = {sample.path.parent for sample in judged if sample.kind is Kind.OTHER}
        assert kinds.isdisjoint(samples[row].path.parent for row in fold.train)


def test_sources_are_left_out_whole() -> None:
    """A shop is judged by what saw none of its photos."""
    samples = shop_photos()
    for fold in outer_folds(samples, LeaveOut.SOURCE, fewest=1):
        shops = {samples[row].source for row in fold.held_out}
        assert shops.isdisjoint(samples[row].source for row in fold.train)
