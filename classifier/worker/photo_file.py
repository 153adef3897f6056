"""A stored photo as the network's input, from its thumbnail where that shows enough."""

import logging

from torch import Tensor

from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import UnreadablePhotoError, thumbnail_is_enough
from classifier.models import ListingPhoto
from classifier.photos.storage import storage_errors
from classifier.photos.thumbnails import thumbnail_name
from classifier.worker.readers import turn_to_decode

logger = logging.getLogger(__name__)


def read(photo: ListingPhoto) -> bytes:
    """Return the bytes of a photo's own file.

    Raises:
        FileNotFoundError: if the storage does not have it.
        StorageUnavailableError: if the storage does not answer.
    """
    with storage_errors(photo.image.storage):
        return _read(photo, str(photo.image))


def decode(data: bytes, predictor: Predictor) -> Tensor:
    """Return a photo's bytes as uint8 (3, size, size), once it is this thread's turn.

    Raises:
        UnreadablePhotoError: if the bytes cannot be decoded.
    """
    with turn_to_decode():
        return predictor.prepare(data)


def prepare(photo: ListingPhoto, predictor: Predictor) -> Tensor:
    """Return a photo as uint8 (3, size, size).

    Raises:
        FileNotFoundError: if the storage does not have its file.
        StorageUnavailableError: if the storage does not answer.
        UnreadablePhotoError: if the file cannot be decoded.
    """
    preprocessing = predictor.manifest.preprocessing
    if thumbnail_is_enough(photo.width, photo.height, preprocessing) and (
        thumbnail := _thumbnail(photo)
    ):
        try:
            return decode(thumbnail, predictor)
        except UnreadablePhotoError as error:
            logger.warning("The thumbnail of photo %s is damaged: %s", photo.pk, error)
    return decode(read(photo), predictor)


def _thumbnail(photo: ListingPhoto) -> bytes | None:
    """Return the thumbnail's bytes; None for a photo from before thumbnails were made at intake."""
    with storage_errors(photo.image.storage):
        try:
            return _read(photo, thumbnail_name(str(photo.image)))
        except FileNotFoundError:
            return None


def _read(photo: ListingPhoto, name: str) -> bytes:
    with photo.image.storage.open(name, "rb") as file:
        data: bytes = file.read()
    return data
