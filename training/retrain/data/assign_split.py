"""Which split a reviewed photo belongs to: no product is in two splits, and none ever moves.

Photos of one listing, and near-duplicates, are one product. A product keeps the split that it was
given first. The rules are pure; `training.retrain.data.kept_splits` keeps what they decide.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from classifier.models import Split
from classifier.photos.local_files import shown_path
from training.data.splits.near_duplicates import SimilarPair, connected
from training.retrain.request import TEST_SHARE, VALIDATION_SHARE

# The first of these that a product has wins: what was held out once is never trained on.
HELD_OUT_FIRST: Final = (Split.TEST, Split.VALIDATION, Split.TRAIN)
LONGEST_PRODUCT: Final = 100


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A reviewed photo as far as its split depends on it.

    Attributes:
        sha256: of its file.
        listing: the number of its listing.
        sampling_share: the probability with which it came into the blind sample; None if it did
            not.
        represents_queue: whether it was reviewed because the model was not sure of it, as every
            such photo is. Not so for a photo that somebody chose.
    """

    sha256: str
    listing: int
    sampling_share: float | None
    represents_queue: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The split and product that a photo was given when a retraining first met it."""

    split: Split
    product: str


@dataclass(frozen=True, slots=True)
class Base:
    """A base photo: its product and the split it always had."""

    group: str
    split: Split


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where a reviewed photo goes.

    Attributes:
        split: None if the photo is left out this time.
        product: the name of its product.
        weight: how many photos of the stream a test photo stands for.
    """

    split: Split | None
    product: str
    weight: float = 1.0


@dataclass(slots=True)
class SplitPlan:
    """Where everything goes.

    Attributes:
        assignments: of the reviewed photos, in order.
        base_left_out: base photos that may not be used, since their product is held out.
        conflicting_splits: how many products had photos in several splits.
        sampled_too_late: photos of the blind sample whose product had been trained on already.
    """

    assignments: list[Assignment]
    base_left_out: set[int] = field(default_factory=set)
    conflicting_splits: int = 0
    sampled_too_late: int = 0


def assign(
    photos: Sequence[Reviewed],
    base: Sequence[Base],
    alike: Sequence[SimilarPair],
    known: Mapping[str, Known],
) -> SplitPlan:
    """Return the split of every reviewed photo.

    Args:
        photos: the reviewed photos, each file once.
        base: the base photos.
        alike: pairs of near-duplicates; numbers below ``len(photos)`` are reviewed photos, the
            rest base photos, in order.
        known: by SHA-256, what earlier retrainings decided.
    """
    plan = SplitPlan([Assignment(None, "")] * len(photos))
    for members in _products(photos, base, alike, known):
        reviewed = [number for number in members if number < len(photos)]
        if reviewed:
            of_base = [number - len(photos) for number in members if number >= len(photos)]
            _assign_product(plan, _Product(reviewed, of_base, photos, base, known))
    return plan


def _products(
    photos: Sequence[Reviewed],
    base: Sequence[Base],
    alike: Sequence[SimilarPair],
    known: Mapping[str, Known],
) -> Iterator[list[int]]:
    """Yield the numbers of each product's photos: what a listing, likeness or history connects."""
    first: dict[tuple[str, str | int], int] = {}
    pairs = [pair for pair in alike if pair.first < len(photos)]  # base photos are split already
    for number, photo in enumerate(photos):
        pairs.append(SimilarPair(first.setdefault(("listing", photo.listing), number), number, 0))
        if photo.sha256 in known:
            product = known[photo.sha256].product
            pairs.append(SimilarPair(first.setdefault(("product", product), number), number, 0))
    for number, one in enumerate(base, start=len(photos)):
        pairs.append(SimilarPair(first.setdefault(("group", one.group), number), number, 0))
    members: dict[int, list[int]] = defaultdict(list)
    for number, product_number in enumerate(connected(pairs, len(photos) + len(base))):
        members[int(product_number)].append(number)
    yield from members.values()


class _Product:
    """All photos of one product, and what is known of them."""

    def __init__(
        self,
        reviewed: Sequence[int],
        of_base: Sequence[int],
        photos: Sequence[Reviewed],
        base: Sequence[Base],
        known: Mapping[str, Known],
    ) -> None:
        self.of_base = of_base
        self.base_splits = {number: base[number].split for number in of_base}
        self.photos = {number: photos[number] for number in reviewed}
        self.known = {
            number: known[photo.sha256]
            for number, photo in self.photos.items()
            if photo.sha256 in known
        }
        self.fixed = {k.split for k in self.known.values()} | set(self.base_splits.values())
        names = [k.product for k in self.known.values()] + [base[i].group for i in of_base]
        names = names or [f"listing {min(photo.listing for photo in self.photos.values())}"]
        self.name = _short(min(names))

    @property
    def hashed_split(self) -> Split:
        """The split that a hash of the product's name gives; that of its base photos, if any."""
        if self.base_splits:
            return next(split for split in HELD_OUT_FIRST if split in self.fixed)
        digest = hashlib.sha256(f"part of {self.name}".encode(errors="surrogateescape")).digest()
        share = int.from_bytes(digest[:8]) / 2**64
        if share < TEST_SHARE:
            return Split.TEST
        return Split.VALIDATION if share < TEST_SHARE + VALIDATION_SHARE else Split.TRAIN

    @property
    def split(self) -> Split:
        """The split it has already; else test for the blind sample, else the hashed split."""
        if self.fixed:
            return next(split for split in HELD_OUT_FIRST if split in self.fixed)
        sampled = any(photo.sampling_share is not None for photo in self.photos.values())
        return Split.TEST if sampled else self.hashed_split

    @property
    def conflicts(self) -> bool:
        """Whether its photos were in several splits before they were known to be one product."""
        return len(self.fixed) > 1


def _assign_product(plan: SplitPlan, product: _Product) -> None:
    plan.conflicting_splits += product.conflicts
    for number, photo in product.photos.items():
        # Where splits conflict, only what was held out before is sure to be unseen.
        known = product.known.get(number)
        before = known.split if known else (None if product.conflicts else product.split)
        split = before if before == product.split else None
        weight = _weight(photo, product.hashed_split) if split == Split.TEST else 1.0
        name = known.product if known else product.name
        plan.assignments[number] = Assignment(split, name, weight)
        plan.sampled_too_late += photo.sampling_share is not None and split != Split.TEST
    if product.conflicts:
        plan.base_left_out |= {
            number for number, split in product.base_splits.items() if split != product.split
        }


def _weight(photo: Reviewed, hashed_split: Split) -> float:
    """Return how many photos of the stream a test photo stands for: 1 / its probability.

    A photo of the blind sample always goes to test, so its probability is that of the sample.
    Another one counts if the hash sent its product to test; beside a sampled photo it would count
    too often.
    """
    if photo.sampling_share is not None:
        return 1 / photo.sampling_share
    return 1 / TEST_SHARE if photo.represents_queue and hashed_split == Split.TEST else 0.0


def _short(name: str) -> str:
    """Return a product's name as a database can keep it: short, and UTF-8."""
    name = shown_path(name)
    if len(name) <= LONGEST_PRODUCT:
        return name
    return f"{name[: LONGEST_PRODUCT - 17]} {hashlib.sha256(name.encode()).hexdigest()[:16]}"


def pairs_with_new(
    new: np.ndarray[tuple[int, int], np.dtype[np.uint64]],
    base: np.ndarray[tuple[int, int], np.dtype[np.uint64]],
    alike: int,
) -> Iterator[SimilarPair]:
    """Yield near-duplicates among new photos, and between new and base photos.

    Args:
        new, base: perceptual hashes, (N, 4) and (M, 4); base photos are numbered from N on.
        alike: how many of 256 bits may differ.
    """
    everything = np.concatenate([new, base])
    for row, bits in enumerate(new):
        distance = np.bitwise_count(everything[row + 1 :] ^ bits).sum(axis=1, dtype=np.uint16)
        for offset in np.flatnonzero(distance <= alike):
            yield SimilarPair(row, row + 1 + int(offset), int(distance[offset]))
