"""Which part a reviewed photo belongs to: leak-proof, and the same for ever.

Photos of one listing, and photos that look alike, are one product. A product keeps the part that it
was given first. The rules are pure; `training.retrain.data.kept_splits` keeps what they decide.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from classifier.models import Part
from training.data.near_duplicates import Pair, connected
from training.retrain.request import TEST_SHARE, VALIDATION_SHARE

# The first of these that a product has wins: what was held out once is never trained on.
HELD_OUT_FIRST: Final = (Part.TEST, Part.VALIDATION, Part.TRAIN)
LONGEST_PRODUCT: Final = 100


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A reviewed photo as far as its part depends on it.

    Attributes:
        sha256: of its file.
        listing: the number of its listing.
        drawn: the chance with which it was drawn for the blind sample; None if it was not.
        by_chance: whether only the share of test decides that it tells of the stream: it was not
            sure, so it came into the queue anyway. Not so for a photo that somebody chose.
    """

    sha256: str
    listing: int
    drawn: float | None
    by_chance: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The part and product that a photo was given when a retraining first met it."""

    part: Part
    product: str


@dataclass(frozen=True, slots=True)
class Base:
    """A base photo: its product and the part it always had."""

    group: str
    part: Part


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reviewed photo goes; ``part`` is None if it is left out this time."""

    part: Part | None
    product: str
    weight: float = 1.0


@dataclass(slots=True)
class Assignment:
    """Where everything goes.

    Attributes:
        places: of the reviewed photos, in order.
        base_left_out: base photos that may not be used, since their product is held out.
        bridges: products whose photos were in several parts.
        drawn_too_late: photos of the blind sample whose product had been trained on already.
    """

    places: list[Place]
    base_left_out: set[int] = field(default_factory=set)
    bridges: int = 0
    drawn_too_late: int = 0


def assign(
    photos: Sequence[Reviewed],
    base: Sequence[Base],
    alike: Sequence[Pair],
    known: Mapping[str, Known],
) -> Assignment:
    """Return the part of every reviewed photo.

    Args:
        photos: the reviewed photos, each file once.
        base: the base photos.
        alike: pairs of near-duplicates; numbers below ``len(photos)`` are reviewed photos, the
            rest base photos, in order.
        known: by SHA-256, what earlier retrainings decided.
    """
    found = Assignment([Place(None, "")] * len(photos))
    for members in _products(photos, base, alike, known):
        reviewed = [number for number in members if number < len(photos)]
        if reviewed:
            of_base = [number - len(photos) for number in members if number >= len(photos)]
            _place(found, _Product(reviewed, of_base, photos, base, known))
    return found


def _products(
    photos: Sequence[Reviewed],
    base: Sequence[Base],
    alike: Sequence[Pair],
    known: Mapping[str, Known],
) -> Iterator[list[int]]:
    """Yield the numbers of each product's photos: what listing, look or history connects."""
    first: dict[tuple[str, str | int], int] = {}
    pairs = [pair for pair in alike if pair.first < len(photos)]  # base photos are split already
    for number, photo in enumerate(photos):
        pairs.append(Pair(first.setdefault(("listing", photo.listing), number), number, 0))
        if photo.sha256 in known:
            product = known[photo.sha256].product
            pairs.append(Pair(first.setdefault(("product", product), number), number, 0))
    for number, one in enumerate(base, start=len(photos)):
        pairs.append(Pair(first.setdefault(("group", one.group), number), number, 0))
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
        self.base_parts = {number: base[number].part for number in of_base}
        self.photos = {number: photos[number] for number in reviewed}
        self.known = {
            number: known[photo.sha256]
            for number, photo in self.photos.items()
            if photo.sha256 in known
        }
        self.fixed = {k.part for k in self.known.values()} | set(self.base_parts.values())
        names = [k.product for k in self.known.values()] + [base[i].group for i in of_base]
        names = names or [f"listing {min(photo.listing for photo in self.photos.values())}"]
        self.name = _short(min(names))

    @property
    def coin(self) -> Part:
        """The part that chance alone gives this product."""
        if self.base_parts:
            return next(part for part in HELD_OUT_FIRST if part in self.fixed)
        place = int.from_bytes(hashlib.sha256(f"part of {self.name}".encode()).digest()[:8]) / 2**64
        if place < TEST_SHARE:
            return Part.TEST
        return Part.VALIDATION if place < TEST_SHARE + VALIDATION_SHARE else Part.TRAIN

    @property
    def part(self) -> Part:
        """The part of the product: the one it has, else test for the sample, else by chance."""
        if self.fixed:
            return next(part for part in HELD_OUT_FIRST if part in self.fixed)
        drawn = any(photo.drawn is not None for photo in self.photos.values())
        return Part.TEST if drawn else self.coin

    @property
    def bridges(self) -> bool:
        """Whether its photos were in several parts before they were known to be one product."""
        return len(self.fixed) > 1


def _place(found: Assignment, product: _Product) -> None:
    found.bridges += product.bridges
    for number, photo in product.photos.items():
        # In a product that bridges, only what was held out before is sure to be unseen.
        known = product.known.get(number)
        before = known.part if known else (None if product.bridges else product.part)
        part = before if before == product.part else None
        weight = _weight(photo, product.coin) if part == Part.TEST else 1.0
        found.places[number] = Place(part, known.product if known else product.name, weight)
        found.drawn_too_late += photo.drawn is not None and part != Part.TEST
    if product.bridges:
        found.base_left_out |= {
            number for number, part in product.base_parts.items() if part != product.part
        }


def _weight(photo: Reviewed, coin: Part) -> float:
    """Return how many photos of the stream a test photo stands for: 1 / the chance to be here.

    A photo of the blind sample goes to test for certain, so its chance is that of the draw. Another
    one counts if chance sent its product here; beside a drawn photo it would count too often.
    """
    if photo.drawn is not None:
        return 1 / photo.drawn
    return 1 / TEST_SHARE if photo.by_chance and coin == Part.TEST else 0.0


def _short(name: str) -> str:
    if len(name) <= LONGEST_PRODUCT:
        return name
    return f"{name[: LONGEST_PRODUCT - 17]} {hashlib.sha256(name.encode()).hexdigest()[:16]}"


def pairs_with_new(
    new: np.ndarray[tuple[int, int], np.dtype[np.uint64]],
    base: np.ndarray[tuple[int, int], np.dtype[np.uint64]],
    alike: int,
) -> Iterator[Pair]:
    """Yield near-duplicates among new photos, and between new and base photos.

    Args:
        new, base: perceptual hashes, (N, 4) and (M, 4); base photos are numbered from N on.
        alike: how many of 256 bits may differ.
    """
    everything = np.concatenate([new, base])
    for row, bits in enumerate(new):
        distance = np.bitwise_count(everything[row + 1 :] ^ bits).sum(axis=1, dtype=np.uint16)
        for offset in np.flatnonzero(distance <= alike):
            yield Pair(row, row + 1 + int(offset), int(distance[offset]))
