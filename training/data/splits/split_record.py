"""Three sets that share no product, and how they were made, so that they can be made again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from training.data.folder import PhotosError, Sample, UnreadablePhoto
from training.data.splits.near_duplicates import PhotoHash, hash_photos, similar_pairs
from training.data.splits.source_split import split_by_source
from training.data.splits.split import DatasetSplit, join_products, stratified_split

logger = logging.getLogger(__name__)


class SplitBy(StrEnum):
    """What is never split."""

    PRODUCT = "product"  # a group, as the folder or the manifest names it
    NEAR_DUPLICATES = "product and near-duplicates"  # and whatever near-duplicates join to it
    SOURCE = "source"  # and no product either


@dataclass(frozen=True, slots=True)
class SplitRecord:
    """How photos were split: what a bundle keeps, and `manage.py evaluate` repeats."""

    seed: int
    by: SplitBy

    @classmethod
    def of(cls, metrics: Any) -> "SplitRecord | None":
        """Return the record among a bundle's metrics, or None where it has none.

        Raises:
            ValueError: if it was split by something that this program does not know.
        """
        kept = metrics.get("split", {})
        if "seed" not in kept:
            return None
        return cls(int(kept["seed"]), SplitBy(kept.get("by", SplitBy.PRODUCT)))

    def as_metrics(self) -> dict[str, Any]:
        """Return what a bundle keeps, JSON-ready."""
        return {"seed": self.seed, "by": str(self.by)}


def split_as(record: SplitRecord, samples: Sequence[Sample]) -> DatasetSplit:
    """Return train, validation and test as the record says; the same every time.

    Unless it is by product, every photo is read once; one that cannot be decoded is left out and
    named.

    Raises:
        PhotosError: if no photo can be read, or there are too few sources to split by.
    """
    if record.by is not SplitBy.PRODUCT:
        samples = join_near_duplicates(samples)
    if record.by is SplitBy.SOURCE:
        return split_by_source(samples, seed=record.seed)
    return stratified_split(samples, seed=record.seed)


def join_near_duplicates(samples: Sequence[Sample]) -> list[Sample]:
    """Return the readable photos with one group for what is one product or looks the same.

    Raises:
        PhotosError: if no photo can be read.
    """
    hashed = list(hash_photos([sample.path for sample in samples], "comparing photos"))
    hashes = [h for h in hashed if isinstance(h, PhotoHash)]
    if not hashes:
        raise PhotosError(f"None of the {len(samples)} photos can be read.")
    for photo in hashed:
        if isinstance(photo, UnreadablePhoto):
            logger.warning("Left out %s: %s", photo.path, photo.reason)
    readable = [s for s, h in zip(samples, hashed, strict=True) if isinstance(h, PhotoHash)]
    products = join_products(readable, similar_pairs(np.stack([h.bits for h in hashes])))
    joined = sum(old.group != new.group for old, new in zip(readable, products, strict=True))
    logger.info("%d photos were joined to another product as near-duplicates.", joined)
    return products
