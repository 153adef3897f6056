"""Files of photos and thumbnails that belong to no row.

A web process leaves them that was killed in mid-upload.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, islice
from typing import Final

from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from classifier.models import ListingPhoto
from classifier.photos.storage import must_be_there, storage_errors
from classifier.photos.thumbnails import photo_name

logger = logging.getLogger(__name__)

FOLDERS: Final = ("photos", "thumbnails")
# A file is written before its row, and no upload takes so long.
YOUNGEST: Final = timedelta(hours=1)
AT_ONCE: Final = 500


def find_orphans() -> Iterator[str]:
    """Yield the names of files that are older than `YOUNGEST` and belong to no photo.

    Raises:
        StorageUnavailableError: if the storage does not answer.
    """
    must_be_there(default_storage)
    files = chain.from_iterable(_files(default_storage, folder) for folder in FOLDERS)
    while names := list(islice(files, AT_ONCE)):
        known = of_photos(names)
        for name in names:
            if name not in known and _age(name) > YOUNGEST:
                yield name


def of_photos(names: Sequence[str]) -> set[str]:
    """Return those of these files, photos and thumbnails, that belong to a photo."""
    photo_of = {name: photo_name(name) for name in names}
    rows = ListingPhoto.objects.filter(image__in=set(photo_of.values()))
    there = set(rows.values_list("image", flat=True))
    return {name for name, photo in photo_of.items() if photo in there}


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
