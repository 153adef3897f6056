"""Copies of reviewed photos, from Django's storage (a local folder or S3) into the work folder."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from django.core.files.storage import default_storage

from classifier.ml.atomic_write import atomic_write
from classifier.photos.storage import must_be_there, storage_errors
from training.data.folder import UnreadablePhoto
from training.retrain.data.reviews import ReviewedPhoto
from training.retrain.request import RetrainError
from training.runtime.progress import Progress

# Remote storage answers many requests at once; a local one loses nothing by it.
FETCHERS: Final = 8


def fetch(photos: Sequence[ReviewedPhoto], folder: Path) -> list[UnreadablePhoto]:
    """Copy the photos to ``folder``, named by their hash; return those that are not there any more.

    What was copied before is not copied again.

    Raises:
        StorageUnavailableError: if the storage does not answer, or the photos' folder is away.
        RetrainError: if the disk is full.
    """
    must_be_there(default_storage)
    make_folder(folder)
    lost: list[UnreadablePhoto] = []
    with (
        ThreadPoolExecutor(FETCHERS, thread_name_prefix="fetch-photo") as fetchers,
        Progress("fetching reviewed photos", len(photos)) as progress,
    ):
        for problem in fetchers.map(lambda photo: _fetch_one(photo, folder), photos):
            if problem is not None:
                lost.append(problem)
            progress.advance(1)
    return lost


def file_of(sha256: str, folder: Path) -> Path:
    """Return where the copy of a photo lies."""
    return folder / f"{sha256}.jpg"


def make_folder(folder: Path) -> None:
    """Make a folder of the work folder.

    Raises:
        RetrainError: if that is not possible.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RetrainError(
            f"The work folder {folder} cannot be made ({error.strerror}). Free some room or set "
            "VAR_DIR to a folder that can be written to, and start the retraining again."
        ) from error


def _fetch_one(photo: ReviewedPhoto, folder: Path) -> UnreadablePhoto | None:
    path = file_of(photo.sha256, folder)
    if path.is_file():
        return None
    try:
        with storage_errors(default_storage), default_storage.open(photo.name, "rb") as file:
            data: bytes = file.read()
    except FileNotFoundError:
        return UnreadablePhoto(Path(photo.name), "The file is no longer in storage.")
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        return UnreadablePhoto(Path(photo.name), "The file is not the one that was uploaded.")
    try:
        atomic_write(path, data)
    except OSError as error:
        raise RetrainError(
            f"{path} cannot be written ({error.strerror}). Look whether the disk of {folder} is "
            "full, free some room and start the retraining again."
        ) from error
    return None
