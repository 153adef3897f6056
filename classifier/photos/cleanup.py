"""Deletes a photo's files when its row is deleted."""

import logging
from typing import Any

from django.core.files.storage import Storage
from django.db import transaction

from classifier.models import ListingPhoto
from classifier.photos import gradcam

logger = logging.getLogger(__name__)


def remove_with_row(*, instance: ListingPhoto, **_: Any) -> None:
    """Remove the file of a deleted row, after commit: a rolled-back deletion keeps its photo.

    Receives Django's ``post_delete``, which also fires for cascades and bulk deletions.
    """
    storage, name = instance.image.storage, instance.image.name
    if name:
        # Robust: storage that does not answer must not undo what the database has done.
        transaction.on_commit(lambda: _remove(storage, name), robust=True)
    number = instance.pk  # the row forgets it
    transaction.on_commit(lambda: gradcam.remove(number), robust=True)


def _remove(storage: Storage, name: str) -> None:
    storage.delete(name)
    logger.info("Removed %s, whose photo was deleted.", name)
