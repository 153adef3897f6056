"""What is left out in turn: kinds of others beside products of ours, or sources."""

from collections.abc import Sequence
from typing import Final

from training.data.folder import Kind, Sample
from training.data.splits.leave_out import FEWEST, FOLDS, Fold, LeaveOut, folds_of

INNER: Final = 2  # folds of what a fold trains on, for scores that the combination is trained on


def outer_folds(samples: Sequence[Sample], leave_out: LeaveOut, fewest: int = FEWEST) -> list[Fold]:
    """Return the folds that detectors are judged by.

    Args:
        samples: the photos.
        leave_out: sources, or kinds of others.
        fewest: photos of a source that is left out alone; smaller ones go together.

    Raises:
        PhotosError: if there are fewer than two things to leave out.
    """
    if leave_out is LeaveOut.KIND:
        return _kinds_and_products(samples, FOLDS)
    return folds_of(samples, leave_out, fewest=fewest)


def inner_folds(samples: Sequence[Sample], fold: Fold, leave_out: LeaveOut) -> list[Fold]:
    """Return folds of what a fold trains on, made alike; their numbers are those of ``samples``."""
    left = [samples[row] for row in fold.train]
    if leave_out is LeaveOut.KIND:
        folds = _kinds_and_products(left, INNER)
    else:
        folds = folds_of(left, leave_out, together=_bundled(left, INNER), fewest=1)
    return [
        Fold(
            one.name,
            [fold.train[row] for row in one.held_out],
            [fold.train[row] for row in one.train],
        )
        for one in folds
    ]


def _kinds_and_products(samples: Sequence[Sample], count: int) -> list[Fold]:
    """Leave out kinds of others, and with each of them some products of ours to compare with."""
    kinds = folds_of(samples, LeaveOut.KIND, count=count)
    products = folds_of(samples, LeaveOut.PRODUCT, count=count)
    folds = []
    for number, kind in enumerate(kinds):  # there may be fewer of them than of products
        beside = products[number :: len(kinds)]
        name = ", ".join([kind.name, *(product.name for product in beside)])
        ours = [row for product in beside for row in _ours(samples, product)]
        folds.append(_without(samples, name, [*kind.held_out, *ours]))
    return folds


def _ours(samples: Sequence[Sample], fold: Fold) -> list[int]:
    return [row for row in fold.held_out if samples[row].kind is not Kind.OTHER]


def _without(samples: Sequence[Sample], name: str, held_out: Sequence[int]) -> Fold:
    products = {samples[row].group for row in held_out}
    train = [row for row, sample in enumerate(samples) if sample.group not in products]
    return Fold(name, sorted(held_out), train)


def _bundled(samples: Sequence[Sample], count: int) -> list[list[str]]:
    """Return the sources in so many lists of about as many photos."""
    sizes: dict[str, int] = {}
    for sample in samples:
        sizes[sample.source] = sizes.get(sample.source, 0) + 1
    lists: list[list[str]] = [[] for _ in range(count)]
    for source in sorted(sizes, key=lambda one: (-sizes[one], one)):
        min(lists, key=lambda one: sum(sizes[name] for name in one)).append(source)
    return [one for one in lists if one]
