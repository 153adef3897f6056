"""Which photos a bundle is evaluated on, and what must be said about that choice."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from classifier.ml.figures_mark import Standing, standing_of
from classifier.ml.manifest import Manifest, manifest_as_dict
from training.data.folder import PhotosError, Sample
from training.data.photo_folders import PhotoFolders
from training.data.splits.split_record import SplitBy, SplitRecord, split_as

CHANGED: Final = (
    "The thresholds of this bundle, or what else decides its tags, were changed after the figures "
    "that it carries were measured. Those are not shown anywhere; all of these are measured now."
)


class PhotoSelection(StrEnum):
    """The split of a folder that a bundle is evaluated on, or all of it."""

    TEST = "test"
    VALIDATION = "validation"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class EvaluationPhotos:
    """The chosen photos; ``notes`` are sentences a reader of the figures must know."""

    folders: PhotoFolders
    selection: PhotoSelection
    samples: list[Sample]
    fingerprint: str
    notes: list[str] = field(default_factory=list)


def choose_photos(
    folders: PhotoFolders, selection: PhotoSelection, manifest: Manifest
) -> EvaluationPhotos:
    """Return the bundle's own test or validation split of the folders, or all of their photos.

    Raises:
        PhotosError: if the folders hold no photos that can be used.
    """
    samples = folders.read()
    mark = folders.fingerprint(samples)
    same = mark == manifest.dataset_fingerprint
    standing = standing_of(manifest_as_dict(manifest))
    about = [CHANGED] if standing is Standing.CHANGED else []
    if selection is PhotoSelection.ALL:
        notes = [*about, *_notes(selection, same=same)]
        return EvaluationPhotos(folders, selection, samples, mark, notes)
    record = _record(manifest)
    chosen = getattr(split_as(record or SplitRecord(0, SplitBy.PRODUCT), samples), selection)
    notes = [*about, *_notes(selection, same=same, recorded=record is not None)]
    return EvaluationPhotos(folders, selection, chosen, mark, notes)


def _record(manifest: Manifest) -> SplitRecord | None:
    try:
        return SplitRecord.of(manifest.metrics)
    except ValueError as error:
        raise PhotosError(
            f"The bundle {manifest.name} says that its photos were split in a way this program "
            f"does not know ({error}). Use the program version it was made with, or --split all."
        ) from error


def _notes(selection: PhotoSelection, *, same: bool, recorded: bool = True) -> list[str]:
    if selection is PhotoSelection.ALL:
        if not same:
            return []
        return [
            "The bundle was trained on these very photos, so figures over all of them flatter it. "
            "--split test takes only those it has not seen."
        ]
    notes = []
    if not same:
        notes.append(
            "These are not the photos that the bundle was trained on, so their "
            f"{selection} split is just a part of them, and photos it was trained on may be among "
            "them. If they are all new to it, --split all takes every one."
        )
    elif not recorded:
        notes.append(
            "The bundle does not say how its photos were split; the split of seed 0 was taken, so "
            "it may have been trained on some of these photos."
        )
    if selection is PhotoSelection.VALIDATION:
        notes.append(
            "The bundle's thresholds were chosen on its validation photos, so figures on these "
            "are a little too good."
        )
    return notes
