"""One error for a photo storage that does not answer, whether it is a disk or S3."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import FileSystemStorage

RETRY_AFTER_SECONDS: Final = 30


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
        if _is_there(storage):
            raise
        raise StorageUnavailableError(f"There is no folder {storage.location}.") from error
    except _failures() as error:
        raise StorageUnavailableError(f"The storage failed: {error}") from error


def _failures() -> tuple[type[Exception], ...]:
    """Return what storages raise; where nothing has loaded botocore, its errors cannot come."""
    botocore = sys.modules.get("botocore.exceptions")
    if botocore is None:
        return (OSError,)
    return OSError, botocore.BotoCoreError, botocore.ClientError


def _is_there(storage: Any) -> bool:
    """A volume that is not mounted has no file either, but none of them is lost."""
    return not isinstance(storage, FileSystemStorage) or Path(storage.location).is_dir()
