"""One error for a photo storage that does not answer, whether it is a disk or S3."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import FileSystemStorage, default_storage

from classifier.models import ListingPhoto

RETRY_AFTER_SECONDS: Final = 30
# An empty file in the photos' folder on disk. A folder without it is the bare mount point of a
# volume that is away, or was made anew in its place.
MARK: Final = ".photo-storage"
# So many photos, the newest, are looked for where there is no mark yet.
NEWEST_CHECKED: Final = 20


class StorageUnavailableError(Exception):
    """The storage does not answer or cannot be used; the same request may succeed later."""


@contextmanager
def storage_errors(storage: Any) -> Iterator[None]:
    """Tell a storage that does not answer from a file that is not there.

    Args:
        storage: Django's, in which the block reads or writes.

    Raises:
        FileNotFoundError: if the storage answers and has no such file.
        StorageUnavailableError: for every other error of the storage.
    """
    try:
        yield
    except FileNotFoundError as error:
        # No database here: files are read in threads that have no connection of their own.
        if _is_marked(storage):
            raise
        raise _away(storage) from error
    except _failures() as error:
        raise StorageUnavailableError(f"The storage failed: {error}") from error


def _failures() -> tuple[type[Exception], ...]:
    """Return what storages raise; where nothing has loaded botocore, its errors cannot come."""
    botocore = sys.modules.get("botocore.exceptions")
    if botocore is None:
        return (OSError,)
    return OSError, botocore.BotoCoreError, botocore.ClientError


def _is_marked(storage: Any) -> bool:
    if not isinstance(storage, FileSystemStorage):
        return True
    folder = Path(storage.location)
    return (folder / MARK).exists() if _has_photos(storage) else folder.is_dir()


def _has_photos(storage: FileSystemStorage) -> bool:
    """Tell the photos' folder from that of the bundles."""
    photos = default_storage
    return isinstance(photos, FileSystemStorage) and storage.location == photos.location


def _away(storage: FileSystemStorage) -> StorageUnavailableError:
    return StorageUnavailableError(
        f"{storage.location} is not the folder that files were stored in: is its volume mounted? "
        f"If the photos are gone for good, make an empty file {MARK} in it."
    )


def must_be_there(storage: Any) -> None:
    """Refuse a photos' folder on disk whose volume is away; mark it, if it has no mark yet.

    Call it before something is written: what lands in a bare mount point is hidden later.

    Raises:
        StorageUnavailableError: if the folder is not there, or without the photos.
    """
    if not _is_marked(storage) and not _adopt(Path(storage.location)):
        raise _away(storage)


def _adopt(folder: Path) -> bool:
    """Mark a folder that has photos, or the first one; return whether it is one of them."""
    newest = ListingPhoto.objects.order_by("-pk").values_list("image", flat=True)
    names = list(newest[:NEWEST_CHECKED])
    if names and not any((folder / name).exists() for name in names):
        return False
    with suppress(OSError):  # what is to be written next says what is wrong with the disk
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
    return True
