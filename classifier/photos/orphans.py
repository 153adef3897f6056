"""Files of photos that belong to no row: what a web process left that was killed in mid-upload."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Final

from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from classifier.models import ListingPhoto
from classifier.photos.storage import storage_errors

logger = logging.getLogger(__name__)

FOLDER: Final = "photos"
# A file is written before its row, and no upload takes so long.
YOUNGEST: Final = timedelta(hours=1)
AT_ONCE: Final = 500


def find_orphans() -> Iterator[str]:
    """Yield the names of files that are older than `YOUNGEST` and belong to no photo.

    Raises:
        StorageUnavailableError: if the storage does not answer.
    """
    files = _files(default_storage, FOLDER)
    while names := list(islice(files, AT_ONCE)):
        known = set(ListingPhoto.objects.filter(image__in=names).values_list("image", flat=True))
        for name in names:
            if name not in known and _age(name) > YOUNGEST:
                yield name


def remove_orphans() -> int:
    """Remove them; return how many there were.

    Raises:
        StorageUnavailableError: if the storage does not answer.
    """
    removed = 0
    for name in find_orphans():
        with storage_errors(default_storage):
            default_storage.delete(name)
        logger.info("Removed %s, which belonged to no photo.", name)
        removed += 1
    return removed


def _age(name: str) -> timedelta:
    with storage_errors(default_storage):
        return timezone.now() - default_storage.get_modified_time(name)


def _files(storage: Storage, folder: str) -> Iterator[str]:
    try:
        with storage_errors(storage):
            folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return  # no photo was ever stored
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _files(storage, f"{folder}/{name}")
