"""What is wrong with photos, as far as it can be seen without a model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np

from training.data.folder import Sample, UnreadablePhoto
from training.data.splits.near_duplicates import PhotoHash, SimilarPair, similar_pairs


class Flaw(StrEnum):
    """What can be wrong with a photo."""

    UNREADABLE = "unreadable"
    TOO_SMALL = "too-small"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"  # of a photo with another label
    MISLABELLED = "mislabelled"  # probably


@dataclass(frozen=True, slots=True)
class Finding:
    """One photo with a flaw.

    Attributes:
        sample: the photo.
        flaw: what is wrong.
        detail: a sentence for people.
        other: the photo it equals or resembles.
        likely: the label it probably has.
        confidence: in that label, 0 to 1.
    """

    sample: Sample
    flaw: Flaw
    detail: str
    other: Path | None = None
    likely: str = ""
    confidence: float | None = None


class Readable(NamedTuple):
    """The photos that can be decoded, their hashes in the same order, and near-duplicates."""

    samples: list[Sample]
    hashes: list[PhotoHash]
    pairs: list[SimilarPair]


def readable_of(
    samples: Sequence[Sample], results: Sequence[PhotoHash | UnreadablePhoto]
) -> Readable:
    """Return the photos that could be hashed; ``results`` has one entry a sample."""
    hashed = [
        (sample, result)
        for sample, result in zip(samples, results, strict=True)
        if isinstance(result, PhotoHash)
    ]
    hashes = [photo_hash for _, photo_hash in hashed]
    pairs = similar_pairs(np.stack([one.bits for one in hashes])) if hashes else []
    return Readable([sample for sample, _ in hashed], hashes, pairs)


def check(
    samples: Sequence[Sample],
    results: Sequence[PhotoHash | UnreadablePhoto],
    readable: Readable,
    *,
    min_side: int,
) -> list[Finding]:
    """Return what is wrong with the photos, in the order of `Flaw`.

    Args:
        samples, results: the photos and the hash of each, or why it cannot be read.
        readable: those that could be read.
        min_side: a photo with a shorter side is too small, in pixels.
    """
    unreadable = [
        Finding(sample, Flaw.UNREADABLE, photo.reason)
        for sample, photo in zip(samples, results, strict=True)
        if isinstance(photo, UnreadablePhoto)
    ]
    small = [
        Finding(
            sample, Flaw.TOO_SMALL, f"It has only {photo_hash.width} x {photo_hash.height} pixels."
        )
        for sample, photo_hash in zip(readable.samples, readable.hashes, strict=True)
        if min(photo_hash.width, photo_hash.height) < min_side
    ]
    return [*unreadable, *small, *_duplicates(readable), *_across_labels(readable)]


def _duplicates(readable: Readable) -> Iterator[Finding]:
    """Yield all but the first of equal files with one label."""
    first: dict[tuple[str, str], Path] = {}
    for sample, photo_hash in zip(readable.samples, readable.hashes, strict=True):
        original = first.setdefault((photo_hash.digest, sample.stratum), sample.path)
        if original != sample.path:
            yield Finding(sample, Flaw.DUPLICATE, "The same file is there twice.", original)


def _across_labels(readable: Readable) -> Iterator[Finding]:
    """Yield both photos of each pair that looks alike and has two labels: one must be wrong."""
    for pair in readable.pairs:
        first, second = readable.samples[pair.first], readable.samples[pair.second]
        if first.stratum == second.stratum:
            continue
        for sample, other in ((first, second), (second, first)):
            detail = f"It looks like a photo in {other.stratum} ({pair.distance} of 256 bits)."
            yield Finding(sample, Flaw.NEAR_DUPLICATE, detail, other.path, other.stratum)
