"""The small picture of a photo for lists: made at intake, stored beside the photo.

A photo from before thumbnails were stored gets its own at the first view.
"""

import logging
from io import BytesIO
from typing import Any, Final

from django.core.files.base import ContentFile
from PIL import Image

from classifier.models import ListingPhoto
from classifier.photos.cleaning import THUMBNAIL_SIDE, thumbnail_of
from classifier.photos.storage import (
    StorageUnavailableError,
    must_be_there,
    storage_errors,
)

logger = logging.getLogger(__name__)

PHOTOS: Final = "photos/"
THUMBNAILS: Final = "thumbnails/"


class DamagedFileError(Exception):
    """The stored file is no photo any more."""


def thumbnail_name(photo: str) -> str:
    """Return the name in the storage of the thumbnail of a stored photo."""
    return THUMBNAILS + photo.removeprefix(PHOTOS)


def photo_name(thumbnail: str) -> str:
    """Return the name of the photo that a thumbnail is of; a photo's own name stays."""
    inside = thumbnail.removeprefix(THUMBNAILS)
    return thumbnail if inside == thumbnail else PHOTOS + inside


def open_thumbnail(photo: ListingPhoto) -> Any:
    """Return the thumbnail's open file; made and stored now if there is none yet.

    Raises:
        FileNotFoundError: if the storage has neither it nor the photo.
        StorageUnavailableError: if the storage does not answer.
        DamagedFileError: if the stored photo is none any more.
    """
    storage, name = photo.image.storage, thumbnail_name(str(photo.image))
    # A folder of a release that marked none would be taken for one that is away.
    must_be_there(storage)
    try:
        with storage_errors(storage):
            return storage.open(name, "rb")
    except FileNotFoundError:
        small = _made_of(photo)
    try:
        with storage_errors(storage):
            # Two views at once may store it twice; the second has another name, and is removed
            # with the files that belong to no photo.
            storage.save(name, ContentFile(small))
    except (StorageUnavailableError, FileNotFoundError) as error:
        logger.warning("The thumbnail %s could not be stored. %s", name, error)
    return ContentFile(small)


def _made_of(photo: ListingPhoto) -> bytes:
    with storage_errors(photo.image.storage), photo.image.open("rb") as file:
        data = file.read()
    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:
            # The smallest fraction at which a JPEG can be decoded that is large enough.
            image.draft("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            return thumbnail_of(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow's decoder raises
        raise DamagedFileError(f"The file {photo.image.name} is no photo any more.") from error
