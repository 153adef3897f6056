"""SHA-256 of photos: what is computed from a photo is kept by its content, never by its path."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.photos.local_files import read_file, shown_path
from training.data.splits.near_duplicates import READERS


def content_hashes(paths: Iterable[Path]) -> dict[Path, str]:
    """Return the SHA-256 of each file; every file is read, whatever its size and time say.

    Raises:
        UnreadablePhotoError: if one cannot be read.
    """
    files = list(paths)
    with ThreadPoolExecutor(READERS) as readers:
        return dict(zip(files, readers.map(_content_hash, files), strict=True))


def _content_hash(path: Path) -> str:
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except OSError as error:
        raise UnreadablePhotoError(
            f"{shown_path(path)}: The file cannot be read ({error.strerror or error})."
        ) from error
