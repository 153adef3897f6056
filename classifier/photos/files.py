"""A photo's file as an HTTP response, whole or small; the view checks who may see it."""

from typing import Any, Final

from django.http import FileResponse, HttpResponseRedirect

from classifier.models import ListingPhoto
from classifier.photos import thumbnails
from classifier.photos.signed_urls import SECONDS, signed_url
from classifier.photos.storage import storage_errors

# A stored photo never changes under its number, so whoever may see it may keep it.
CACHE_CONTROL: Final = "private, max-age=31536000, immutable"


def whole(photo: ListingPhoto) -> FileResponse | HttpResponseRedirect:
    """Return the stored photo as a response, or where it is for some minutes.

    Raises:
        FileNotFoundError: if the storage has it no longer.
        StorageUnavailableError: if the storage does not answer.
    """
    filename = f"photo-{photo.pk}.jpg"
    if url := signed_url(str(photo.image), filename=filename, cache_control=CACHE_CONTROL):
        response = HttpResponseRedirect(url)
        # Not for as long as the address holds: it must not end between here and the storage.
        response.headers["Cache-Control"] = f"private, max-age={SECONDS // 2}"
        return response
    with storage_errors(photo.image.storage):
        return _response(photo.image.open("rb"), filename)


def thumbnail(photo: ListingPhoto) -> FileResponse:
    """Return the photo's thumbnail as a response.

    Raises:
        FileNotFoundError: if the storage has the photo no longer.
        StorageUnavailableError: if the storage does not answer.
        DamagedFileError: if the stored file is no photo any more.
    """
    return _response(thumbnails.open_thumbnail(photo), f"photo-{photo.pk}-small.jpg")


def _response(file: Any, name: str) -> FileResponse:
    response = FileResponse(file, content_type="image/jpeg", filename=name)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
