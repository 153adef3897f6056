"""A photo's file as an HTTP response, whole or small; the view checks who may see it."""

from io import BytesIO
from typing import Any, Final

from django.core.files.base import ContentFile
from django.http import FileResponse
from PIL import Image

from classifier.models import ListingPhoto
from classifier.photos.storage import storage_errors

THUMBNAIL_SIDE: Final = 640
# A stored photo never changes under its number, so whoever may see it may keep it.
CACHE_CONTROL: Final = "private, max-age=31536000, immutable"


class DamagedFileError(Exception):
    """The stored file is no photo any more."""


def whole(photo: ListingPhoto) -> FileResponse:
    """Return the stored photo as a response.

    Raises:
        FileNotFoundError: if the storage has it no longer.
        StorageUnavailableError: if the storage does not answer.
    """
    with storage_errors(photo.image.storage):
        return _response(photo.image.open("rb"), f"photo-{photo.pk}.jpg")


def thumbnail(photo: ListingPhoto) -> FileResponse:
    """Return the photo with a long side of at most `THUMBNAIL_SIDE` pixels as a response.

    Made on the fly: decoding a JPEG at a fraction of its size takes a few milliseconds, and the
    browser keeps it.

    Raises:
        FileNotFoundError: if the storage has the photo no longer.
        StorageUnavailableError: if the storage does not answer.
        DamagedFileError: if the stored file is no photo any more.
    """
    with storage_errors(photo.image.storage), photo.image.open("rb") as file:
        data = file.read()
    try:
        small = _scaled_down(data)
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow's decoder raises
        raise DamagedFileError(f"The file {photo.image.name} is no photo any more.") from error
    return _response(ContentFile(small), f"photo-{photo.pk}-small.jpg")


def _scaled_down(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=("JPEG",)) as image:
        image.draft("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _response(file: Any, name: str) -> FileResponse:
    response = FileResponse(file, content_type="image/jpeg", filename=name)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
