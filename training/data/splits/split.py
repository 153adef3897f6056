"""Train, validation and test: split by product, the same every time."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from classifier.photos.local_files import shown_path
from classifier.taxonomy import MAIN_OF, SUBCLASSES
from training.data.folder import PhotosError, Sample, UnreadablePhoto
from training.data.splits.near_duplicates import (
    PhotoHash,
    SimilarPair,
    connected,
    hash_photos,
    similar_pairs,
)

LARGEST_PRODUCT: Final = 0.2  # of a label's photos in validation or test
CAP: Final = 2000  # photos a label, as in the study
SUB_INDEX: Final[Mapping[str, int]] = MappingProxyType({s: i for i, s in enumerate(SUBCLASSES)})


@dataclass(frozen=True, slots=True)
class DatasetSplit:
    """Three sets that share no product. Choose on validation, report on test."""

    train: list[Sample]
    validation: list[Sample]
    test: list[Sample]


def stratified_split(
    samples: Sequence[Sample], *, seed: int, validation: float = 0.10, test: float = 0.15
) -> DatasetSplit:
    """Split by product, each label in proportion; see `split_by_product`.

    Args:
        samples: the photos; those of one group carry one stratum, or follow the group's first.
        seed: another seed gives another split.
        validation, test: shares of each label's photos, 0 to 1.
    """
    splits = split_by_product(samples, seed=seed, shares={"test": test, "validation": validation})
    return DatasetSplit(splits["train"], splits["validation"], splits["test"])


def split_by_product(
    samples: Sequence[Sample], *, seed: int, shares: Mapping[str, float]
) -> dict[str, list[Sample]]:
    """Return the named splits, and ``train`` with the rest; no product is in two of them.

    Within a label, products are ordered by a hash of seed and name; the first fill the first split,
    the next the second. A product with so many photos that it would dominate a split's figures
    goes to train. Neither the order of the samples nor the machine changes the outcome.

    Args:
        samples: the photos; those of one group carry one stratum, or follow the group's first.
        seed: another seed gives another split.
        shares: share of each label's photos that a split holds, 0 to 1.
    """
    products: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        products[sample.group].append(sample)
    strata: dict[str, list[str]] = defaultdict(list)
    for group, members in products.items():
        strata[members[0].stratum].append(group)
    splits: dict[str, list[Sample]] = {split: [] for split in ("train", *shares)}
    for groups in strata.values():
        groups.sort(key=lambda group: _order(seed, group))
        total = sum(len(products[group]) for group in groups)
        quotas = {split: share * total for split, share in shares.items()}
        largest = {split: LARGEST_PRODUCT * quota for split, quota in quotas.items()}
        for group in groups:
            size = len(products[group])
            fits = [split for split in quotas if size <= min(quotas[split], max(1, largest[split]))]
            split = fits[0] if fits else "train"
            if fits:
                quotas[split] -= size
            splits[split].extend(products[group])
    for samples_of_split in splits.values():
        samples_of_split.sort(key=lambda sample: sample.path)
    return splits


def _order(seed: int, group: str) -> bytes:
    return hashlib.sha256(f"{seed}:{group}".encode(errors="surrogateescape")).digest()


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What `stratified_split_dataset` left out and joined.

    Attributes:
        unreadable: photos that cannot be decoded.
        capped: label to photos left out above the cap.
        joined: photos that near-duplicates joined to another product.
        unvalidated: labels with too few products for a validation photo.
    """

    unreadable: list[UnreadablePhoto]
    capped: dict[str, int]
    joined: int
    unvalidated: list[str]

    def __str__(self) -> str:
        lines = [f"{self.joined} photos were joined to another product as near-duplicates."]
        lines += [f"{label}: {count} photos above the cap." for label, count in self.capped.items()]
        lines += [f"Left out {shown_path(photo.path)}: {photo.reason}" for photo in self.unreadable]
        lines += [f"{label} has too few products to validate on." for label in self.unvalidated]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class SplitDataset:
    """Two sets that share no product, and what each subclass belongs to.

    Attributes:
        train, validation: the photos.
        report: what was left out, and why.
        main_of: subclass to main class.
        sub_index: subclass to index, as in the network's subclass head.
    """

    train: list[Sample]
    validation: list[Sample]
    report: SplitReport
    main_of: Mapping[str, str] = field(default_factory=lambda: MAIN_OF)
    sub_index: Mapping[str, int] = field(default_factory=lambda: SUB_INDEX)


def stratified_split_dataset(
    samples: Sequence[Sample], *, seed: int = 0, cap: int = CAP, validation: float = 0.2
) -> SplitDataset:
    """Return the study's split: capped per subclass, 80/20, each label in proportion.

    Photos of one product stay on one side. A product is a group, and whatever near-duplicates
    (`training.data.splits.near_duplicates`) join to it. Every photo is read once for that.

    Args:
        samples: the photos, as `read_photos` returns them.
        seed: decides which photos are kept below the cap and which are held out.
        cap: photos kept of each label, at most.
        validation: share of each label's photos, between 0 and 1.

    Raises:
        PhotosError: if no photo can be read.
        ValueError: if the cap or the share makes no sense.
    """
    if cap < 1 or not 0 < validation < 1:
        raise ValueError(f"Expected cap >= 1 and 0 < validation < 1, not {cap} and {validation}.")
    hashed = list(hash_photos([sample.path for sample in samples], "comparing photos"))
    hashes = [h for h in hashed if isinstance(h, PhotoHash)]
    unreadable = [h for h in hashed if isinstance(h, UnreadablePhoto)]
    if not hashes:
        raise PhotosError(f"None of the {len(samples)} photos can be read.")
    readable = [s for s, h in zip(samples, hashed, strict=True) if isinstance(h, PhotoHash)]
    products = join_products(readable, similar_pairs(np.stack([h.bits for h in hashes])))
    joined = sum(old.group != new.group for old, new in zip(readable, products, strict=True))
    kept, capped = _cap(products, cap, seed)
    splits = split_by_product(kept, seed=seed, shares={"validation": validation})
    unvalidated = {s.stratum for s in splits["train"]} - {s.stratum for s in splits["validation"]}
    report = SplitReport(unreadable, capped, joined, sorted(unvalidated))
    return SplitDataset(splits["train"], splits["validation"], report)


def join_products(samples: Sequence[Sample], pairs: Sequence[SimilarPair]) -> list[Sample]:
    """Return the samples with one group for all that groups and pairs connect."""
    first_of: dict[str, int] = {}
    same_group = [
        SimilarPair(first_of.setdefault(sample.group, i), i, 0) for i, sample in enumerate(samples)
    ]
    numbers = connected([*same_group, *pairs], len(samples))
    names: dict[int, str] = {}
    for number, sample in zip(numbers, samples, strict=True):
        names[int(number)] = min(names.get(int(number), sample.group), sample.group)
    return [
        replace(sample, group=names[int(number)])
        for number, sample in zip(numbers, samples, strict=True)
    ]


def _cap(samples: Sequence[Sample], cap: int, seed: int) -> tuple[list[Sample], dict[str, int]]:
    """Return at most ``cap`` photos of each label, whole products first, and what is left out."""
    kept: list[Sample] = []
    counts: Counter[str] = Counter()
    for sample in sorted(samples, key=lambda s: (_order(seed, s.group), s.path)):
        counts[sample.stratum] += 1
        if counts[sample.stratum] <= cap:
            kept.append(sample)
    return kept, {label: n - cap for label, n in sorted(counts.items()) if n > cap}
