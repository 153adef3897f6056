"""Pending photos whose files lie in the storage, for tests of what reads them."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from classifier.models import ListingPhoto
from classifier.photos.storage import must_be_there
from tests import pictures
from tests.rows import pending_photos


def photos_with_files(count: int) -> list[ListingPhoto]:
    """Return new pending photos of 64 pixels."""
    photos = pending_photos(count)
    for photo in photos:
        photo.image.storage.delete(str(photo.image))  # of photos made before
        photo.image.storage.save(str(photo.image), ContentFile(pictures.jpeg(64, 64)))
    must_be_there(default_storage)  # as before the first upload
    return photos
