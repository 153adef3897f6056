"""Photos left out whole: a source, a kind of others, or a product; the rest may be trained on.

A random split by product tests on the shops that were trained on. What counts for a marketplace is
a photo from where none came before, so each source takes its turn at being left out. What shares a
product with a photo that is left out is not trained on either.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from training.data.folder import Kind, PhotosError, Sample

FEWEST: Final = 50  # photos of a source that is left out alone; smaller ones are joined
FOLDS: Final = 6  # of products, and of kinds, unless told otherwise
SMALL: Final = "small sources"


class LeaveOut(StrEnum):
    """What is left out whole."""

    SOURCE = "source"
    KIND = "kind"  # of others; items and near photos are all trained on
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Fold:
    """One turn; both lists are numbers of samples, in order.

    Attributes:
        name: of what is left out.
        held_out: the photos that are judged.
        train: photos that share no product with them.
    """

    name: str
    held_out: list[int]
    train: list[int]


def folds_of(
    samples: Sequence[Sample],
    leave_out: LeaveOut,
    *,
    together: Sequence[Sequence[str]] = (),
    fewest: int = FEWEST,
    count: int = FOLDS,
) -> list[Fold]:
    """Return the folds, by name; each photo that takes a turn is held out once.

    Args:
        samples: the photos; near-duplicates may have been joined to one product before.
        leave_out: what is left out whole.
        together: sources that are left out together, such as two collections of one shop.
        fewest: photos of a source that is left out alone; smaller ones go together.
        count: of folds of products, or of kinds.

    Raises:
        PhotosError: if there are fewer than two things to leave out.
    """
    turns: dict[str, list[int]] = defaultdict(list)
    names: dict[LeaveOut, NameOf] = {
        LeaveOut.SOURCE: _source_names(samples, together, fewest),
        LeaveOut.KIND: lambda sample: _kind_name(sample, count),
        LeaveOut.PRODUCT: lambda sample: f"products {_hashed(f'product:{sample.group}', count)}",
    }
    name_of = names[leave_out]
    for number, sample in enumerate(samples):
        if (name := name_of(sample)) is not None:
            turns[name].append(number)
    if len(turns) < 2:
        raise PhotosError(
            f"Leaving out a {leave_out} takes two of them at least; there is "
            f"{' and '.join(turns) or 'none'}. Sources are the column source of a manifest.csv, or "
            "the folders where several are given with --photos."
        )
    return [_fold(name, turns[name], samples) for name in sorted(turns)]


def _fold(name: str, held_out: list[int], samples: Sequence[Sample]) -> Fold:
    gone = set(held_out)
    products = {samples[number].group for number in held_out}
    train = [
        number
        for number, sample in enumerate(samples)
        if number not in gone and sample.group not in products
    ]
    return Fold(name, held_out, train)


NameOf = Callable[[Sample], str | None]


def _source_names(
    samples: Sequence[Sample], together: Sequence[Sequence[str]], fewest: int
) -> NameOf:
    joined = {source: " + ".join(sources) for sources in together for source in sources}
    if strange := set(joined) - {sample.source for sample in samples}:
        raise PhotosError(f"No photo has the source {', '.join(sorted(strange))}.")
    counts: dict[str, int] = defaultdict(int)
    for sample in samples:
        counts[joined.get(sample.source, sample.source)] += 1

    def name_of(sample: Sample) -> str | None:
        name = joined.get(sample.source, sample.source)
        return name if counts[name] >= fewest else SMALL

    return name_of


def _kind_name(sample: Sample, count: int) -> str | None:
    """Return the fold of a kind of others: a hundred kinds would take a hundred trainings."""
    if sample.kind is not Kind.OTHER:
        return None
    return f"kinds {_hashed(f'kind:{sample.path.parent.name}', count)}"


def _hashed(text: str, count: int) -> int:
    """Return a fold's number, from 1, that depends on the text alone."""
    digest = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
    return int(digest[:8], 16) % count + 1
