"""Perceptual hashes of photos, kept from retraining to retraining by the SHA-256 of their files."""

import hashlib
import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.ml.atomic_write import atomic_write
from classifier.photos.local_files import read_file
from training.data.folder import UnreadablePhoto
from training.data.splits.near_duplicates import READERS, PhotoHash, hash_photo
from training.runtime.progress import Progress

logger = logging.getLogger(__name__)

FILE_NAME: Final = "perceptual_hashes.json"


@dataclass(frozen=True, slots=True)
class FileHash:
    """A file's SHA-256 and the perceptual hash of what it shows, uint64 (4,)."""

    sha256: str
    bits: NDArray[np.uint64]


@dataclass(slots=True)
class FileHashes:
    """The hashes of files by path, and which files cannot be read."""

    by_path: dict[Path, FileHash] = field(default_factory=dict)
    unreadable: list[UnreadablePhoto] = field(default_factory=list)


def hash_files(paths: Sequence[Path], folder: Path, title: str) -> FileHashes:
    """Return the hashes of these files; only files that were never hashed before are decoded.

    Args:
        paths: the files.
        folder: where the cache lies.
        title: of the work, for its progress.
    """
    cached = _load(folder / FILE_NAME)
    hashes, fresh = FileHashes(), 0

    def hash_file(path: Path) -> FileHash | UnreadablePhoto:
        try:
            digest = hashlib.sha256(read_file(path)).hexdigest()
        except OSError as error:
            return UnreadablePhoto(path, f"The file cannot be read ({error.strerror or error}).")
        if digest in cached:
            return FileHash(digest, np.frombuffer(bytes.fromhex(cached[digest]), dtype=np.uint64))
        photo_hash = hash_photo(path)
        return (
            FileHash(photo_hash.digest, photo_hash.bits)
            if isinstance(photo_hash, PhotoHash)
            else photo_hash
        )

    with ThreadPoolExecutor(READERS) as readers, Progress(title, len(paths)) as progress:
        for path, hashed in zip(paths, readers.map(hash_file, paths), strict=True):
            if isinstance(hashed, FileHash):
                hashes.by_path[path] = hashed
                fresh += hashed.sha256 not in cached
                cached[hashed.sha256] = hashed.bits.tobytes().hex()
            else:
                hashes.unreadable.append(hashed)
            progress.advance(1)
    if fresh:
        atomic_write(folder / FILE_NAME, json.dumps(cached).encode())
    return hashes


def _load(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        logger.warning("%s is damaged (%s); all photos are hashed again.", path, error)
        return {}
    return known
