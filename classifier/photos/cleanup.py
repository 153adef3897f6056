"""Removes a photo's files after its row was deleted.

A deletion only writes down what is to be removed, in its own transaction; a task removes it. So a
request that deletes many photos waits for no storage, and a storage that is down loses nothing.
"""

import logging
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from classifier.models import DeletedPhoto, ListingPhoto
from classifier.models.queries.leases import is_over
from classifier.photos import gradcam
from classifier.photos.storage import StorageUnavailableError, must_be_there
from classifier.photos.thumbnails import thumbnail_name

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 500
# How long a photo rests whose files the storage refused to remove.
REST: Final = timedelta(minutes=10)


def remember_files(*, instance: ListingPhoto, **_: Any) -> None:
    """Write down that the files of a deleted photo are to be removed.

    Receives Django's ``post_delete``, which also fires for cascades and bulk deletions.
    """
    DeletedPhoto.objects.create(number=instance.pk, image=instance.image.name or "")


def remove_files() -> int:
    """Remove the files of deleted photos, `MOST_AT_ONCE` at most; return of how many photos.

    What the storage refuses is tried again after `REST`; the others go on.
    """
    rested = is_over("due_at", lasts=REST, now=timezone.now())
    due = DeletedPhoto.objects.filter(rested).order_by("due_at")[:MOST_AT_ONCE]
    versions = gradcam.versions_with_images()
    removed = [photo.pk for photo in due if _remove(photo, versions)]
    DeletedPhoto.objects.filter(pk__in=removed).delete()
    if removed:
        logger.info("Removed the files of %d deleted photos.", len(removed))
    return len(removed)


def _remove(photo: DeletedPhoto, versions: list[str]) -> bool:
    # Imported here: a web process that stores files on disk has no use for it.
    from botocore.exceptions import BotoCoreError, ClientError

    storage = ListingPhoto._meta.get_field("image").storage
    try:
        # In a bare mount point nothing is found, and the file would stay for ever.
        must_be_there(storage)
        if photo.image:
            storage.delete(photo.image)
            storage.delete(thumbnail_name(photo.image))
        gradcam.remove(photo.number, versions)
    except (StorageUnavailableError, OSError, BotoCoreError, ClientError) as error:
        logger.warning("The storage did not remove %s; tried again later. %s", photo.image, error)
        DeletedPhoto.objects.filter(pk=photo.pk).update(due_at=timezone.now() + REST)
        return False
    return True
