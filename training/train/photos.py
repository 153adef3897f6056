"""The photos of one training: read, split and hashed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from training.data.content_hashes import content_hashes
from training.data.dataset_rows import DatasetRow, base_rows
from training.data.folder import Kind, Sample, count_table
from training.data.splits.split import DatasetSplit
from training.data.splits.split_record import split_as
from training.train.request import TrainRequest

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainingPhotos:
    """What a bundle is made from.

    Attributes:
        all: every photo of the folders.
        to_train: all that the split trains on, outliers included.
        split: the photos in use; without outliers where the recipe does without them.
        sha256_of: the hash of each file in use.
        rows: of ``dataset.csv``.
    """

    all: list[Sample]
    to_train: list[Sample]
    split: DatasetSplit
    sha256_of: Mapping[Path, str]
    rows: list[DatasetRow]


def read_training_photos(request: TrainRequest) -> TrainingPhotos:
    """Read the request's folders and split their photos.

    Raises:
        PhotosError: if they cannot be used for training.
        UnreadablePhotoError: if a file cannot be read.
    """
    samples = request.photos.read()
    split = split_as(request.split, samples)
    for name in ("train", "validation", "test"):
        logger.info("%s:\n%s", name, count_table(getattr(split, name)))
    used = replace(split, train=[s for s in split.train if request.outliers or s.kind is Kind.ITEM])
    sha256_of = content_hashes(s.path for s in (*used.train, *used.validation, *used.test))
    rows = base_rows(used, request.photos, sha256_of)
    return TrainingPhotos(samples, split.train, used, sha256_of, rows)
