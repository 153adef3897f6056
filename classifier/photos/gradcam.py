"""Grad-CAM images: what in a photo spoke for the tag, made by a worker when a moderator asks.

It lies in the storage of the photos under the photo's number and the model's name, so it is made
once for each model. A lost request loses nothing: the page asks again.
"""

from collections.abc import Iterable
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from classifier import notify
from classifier.models import ListingPhoto, ModelVersion
from classifier.photos.storage import must_be_there, storage_errors

# Messages in a queue name it, and so do workers of the release before.
GRADCAM_TASK: Final = "classifier.tasks.show_where_it_looked"


def stored_name(photo: int, version: str) -> str:
    """Return where the picture of one photo and one model lies."""
    # The folder keeps the name that it had first: pictures in it are removed with their photos.
    return f"heat/{photo}-{version}.png"


def stored_image(photo: ListingPhoto) -> bytes | None:
    """Return the image, a transparent PNG of the photo's shape; None if there is none yet.

    Raises:
        StorageUnavailableError: if the storage does not answer.
    """
    champion = ModelVersion.objects.champions().first()
    if champion is None:
        return None
    try:
        name = stored_name(photo.pk, champion.name)
        with storage_errors(default_storage), default_storage.open(name, "rb") as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError:
        return None


def request_image(photo: ListingPhoto) -> bool:
    """Ask a worker for the picture; return whether the broker took the message."""
    return notify.send(GRADCAM_TASK, photo.pk, unheard="nobody was asked where the model looked")


def store(*, photo: ListingPhoto, version: str, data: bytes) -> None:
    """Keep a picture, unless another worker was faster."""
    name = stored_name(photo.pk, version)
    must_be_there(default_storage)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(data))


def versions_with_images() -> list[str]:
    """Return the names of the versions that may have made pictures: those that were ever live."""
    live = ModelVersion.objects.filter(promoted_at__isnull=False)
    return list(live.values_list("name", flat=True))


def remove(photo: int, versions: Iterable[str]) -> None:
    """Remove a deleted photo's pictures by these versions."""
    for version in versions:
        default_storage.delete(stored_name(photo, version))
