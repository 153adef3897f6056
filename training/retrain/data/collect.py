"""Collect reviewed and base photos, and split them so that no product is in two splits."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from classifier.models import ModelVersion, Split
from classifier.taxonomy import SUBCLASSES
from training.data.dataset_rows import DatasetRow, RowSource
from training.data.folder import Sample
from training.data.photo_folders import PhotoFolders
from training.data.splits.near_duplicates import ALIKE
from training.features.replay import ReplayFeatures
from training.retrain.data.assign_split import Assignment, Base, SplitPlan, assign, pairs_with_new
from training.retrain.data.base_photos import BasePhotos, find_base_photos
from training.retrain.data.fetch import fetch, file_of
from training.retrain.data.hash_cache import FileHashes, hash_files
from training.retrain.data.kept_splits import known_splits
from training.retrain.data.reviews import Agreed, ReviewedPhoto, final_reviews, one_label_a_file
from training.retrain.request import RetrainError

# Fewest photos of each subclass; with base photos there are always more.
FEWEST = {Split.TRAIN: 10, Split.VALIDATION: 2, Split.TEST: 5}
WHAT_FOR = {
    Split.TRAIN: "to train on", Split.VALIDATION: "to choose by", Split.TEST: "to be judged on"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything a candidate is made from and judged on.

    Attributes:
        rows: the dataset.
        files: folders of base photos and folder of reviewed ones.
        assignments: by SHA-256, of each reviewed photo.
        more_reviews: by SHA-256, further reviews of the same file with the same label.
        notes: sentences that a reader of the result must know.
        replay: the features that stand for base photos; None where the photos themselves do.
    """

    rows: list[DatasetRow]
    base_folders: PhotoFolders | None
    review_folder: Path
    assignments: dict[str, Assignment] = field(default_factory=dict)
    more_reviews: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    replay: ReplayFeatures | None = None

    def is_replayed(self, row: DatasetRow) -> bool:
        """Return whether replay features stand for a photo, whose file is not here."""
        return self.replay is not None and row.source is RowSource.BASE

    def file_of(self, row: DatasetRow) -> Path:
        """Return where a photo lies; where it once lay, if replay features stand for it."""
        if row.source is RowSource.REVIEW:
            return file_of(row.sha256, self.review_folder)
        if self.replay is not None:
            return Path(row.path)
        if self.base_folders is None:
            raise ValueError("There are no base photos.")
        return self.base_folders.file_of(row.path)

    def of_split(self, split: Split) -> list[DatasetRow]:
        """Return the photos of one split, always in the same order."""
        return [row for row in self.rows if row.split == split]

    def samples(self, split: Split) -> list[Sample]:
        """Return them as training and evaluation take them."""
        return [row.sample(self.file_of(row)) for row in self.of_split(split)]


def collect(
    champion: ModelVersion, folders: PhotoFolders | None, *, copies: Path, cache: Path
) -> Collected:
    """Return what the next candidate would be made from; the database stays as it is.

    Args:
        champion: the version to start from.
        folders: of its base photos; None if there is none.
        copies: folder for copies of reviewed photos.
        cache: folder of kept perceptual hashes.

    Raises:
        RetrainError: if photos cannot be had, or there are too few.
    """
    base = find_base_photos(champion, folders, cache)
    reviews = final_reviews()
    agreed = one_label_a_file(reviews)
    lost = fetch(agreed.photos, copies)
    gone = {str(photo.path) for photo in lost}
    there = [photo for photo in agreed.photos if photo.name not in gone]
    hashes = hash_files(
        [file_of(photo.sha256, copies) for photo in there], cache, "comparing reviewed photos"
    )
    photos = [photo for photo in there if file_of(photo.sha256, copies) in hashes.by_path]
    plan = _plan(photos, base, hashes, copies)
    collected = Collected(
        rows=sorted(
            [*_base_rows(base, plan), *_review_rows(photos, plan)],
            # By content: names in the storage are random, and the order belongs to the seed.
            key=lambda row: (row.source, row.sha256, row.path),
        ),
        base_folders=base.folders,
        review_folder=copies,
        assignments={
            photo.sha256: assignment
            for photo, assignment in zip(photos, plan.assignments, strict=True)
        },
        more_reviews=agreed.same,
        notes=[*base.notes, *_notes(agreed, len(lost), hashes, plan)],
        replay=base.replay,
    )
    must_be_enough(collected.rows)
    return collected


def _plan(
    photos: Sequence[ReviewedPhoto], base: BasePhotos, hashes: FileHashes, copies: Path
) -> SplitPlan:
    new = [hashes.by_path[file_of(photo.sha256, copies)].bits for photo in photos]
    old = [file_hash.bits for file_hash in base.hashes]
    pairs = pairs_with_new(_stacked(new), _stacked(old), ALIKE)
    return assign(
        [photo.reviewed() for photo in photos],
        [Base(row.group, row.split) for row in base.rows],
        list(pairs),
        known_splits(photo.sha256 for photo in photos),
    )


def _stacked(bits: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack(bits) if bits else np.empty((0, 4), dtype=np.uint64)


def _base_rows(base: BasePhotos, plan: SplitPlan) -> list[DatasetRow]:
    return [row for i, row in enumerate(base.rows) if i not in plan.base_left_out]


def _review_rows(photos: Sequence[ReviewedPhoto], plan: SplitPlan) -> list[DatasetRow]:
    return [
        DatasetRow(
            path=photo.name,
            main=photo.main,
            sub=photo.sub,
            group=assignment.product,
            split=assignment.split,
            weight=assignment.weight,
            source=RowSource.REVIEW,
            review=photo.review,
            sha256=photo.sha256,
        )
        for photo, assignment in zip(photos, plan.assignments, strict=True)
        if assignment.split is not None
    ]


def _notes(agreed: Agreed, lost: int, hashes: FileHashes, plan: SplitPlan) -> list[str]:
    """Return a sentence for everything that was left out, and why."""
    left_out = sum(assignment.split is None for assignment in plan.assignments)
    counted = (
        (lost, "reviewed photos are not in storage as they were uploaded; they are left out."),
        (len(hashes.unreadable), "reviewed photos cannot be decoded; they are left out."),
        (
            agreed.overruled,
            "older reviews say something else of the same file than the newest; it counts.",
        ),
        (
            plan.conflicting_splits,
            "products had photos in several splits, which only now turned out to belong together. "
            f"What was held out stays so; {left_out} reviewed and "
            f"{len(plan.base_left_out)} base photos of them are left out.",
        ),
        (
            plan.sampled_too_late,
            "photos of the random sample show products that were trained on before, so they "
            "cannot tell how good the model is.",
        ),
    )
    return [f"{count} {words}" for count, words in counted if count]


def counts(rows: Iterable[DatasetRow]) -> dict[str, Counter[str]]:
    """Return how many photos of each label each split has."""
    counted: dict[str, Counter[str]] = {split.value: Counter() for split in Split}
    for row in rows:
        counted[row.split.value][row.sample(Path()).stratum] += 1
    return counted


def must_be_enough(rows: Sequence[DatasetRow]) -> None:
    """Check that every subclass can be learned, chosen on and judged.

    Raises:
        RetrainError: if there are too few photos; the message names what is missing.
    """
    there = counts(rows)
    lacking = {
        sub: [
            f"{there[split.value][sub]} of {fewest} {WHAT_FOR[split]}"
            for split, fewest in FEWEST.items()
            if there[split.value][sub] < fewest
        ]
        for sub in SUBCLASSES
    }
    short = {sub: words for sub, words in lacking.items() if words}
    if short:
        first = next(iter(short))
        raise RetrainError(
            f"There are too few photos of {len(short)} of the {len(SUBCLASSES)} subclasses. Of "
            f"{first}, for instance, there are {', '.join(short[first])}. Review more photos of "
            f"{', '.join(short)}, or let whoever runs the server name the photos that the champion "
            "was first trained on (--photos or PHOTOS_DIR), or add replay features of them to its "
            "bundle (manage.py add_replay_features)."
        )
