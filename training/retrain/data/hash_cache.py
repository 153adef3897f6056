"""What photos look like, remembered from retraining to retraining by the hash of their files."""

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

from training.data.folder import Unreadable
from training.data.near_duplicates import READERS, Look, look_at
from training.runtime.progress import Progress

logger = logging.getLogger(__name__)

FILE_NAME: Final = "looks.json"


@dataclass(frozen=True, slots=True)
class FileHash:
    """A file's SHA-256 and the perceptual hash of what it shows, uint64 (4,)."""

    sha256: str
    bits: NDArray[np.uint64]


@dataclass(slots=True)
class FileHashes:
    """What files look like, and which cannot be read."""

    seen: dict[Path, FileHash] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)


def hash_files(paths: Sequence[Path], folder: Path, title: str) -> FileHashes:
    """Return what these files look like; only files never seen before are decoded.

    Args:
        paths: the files.
        folder: where the memory lies.
        title: of the work, for whoever watches.
    """
    memory = _load(folder / FILE_NAME)
    looks, fresh = FileHashes(), 0

    def look(path: Path) -> FileHash | Unreadable:
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            return Unreadable(path, f"The file cannot be read ({error.strerror or error}).")
        if digest in memory:
            return FileHash(digest, np.frombuffer(bytes.fromhex(memory[digest]), dtype=np.uint64))
        found = look_at(path)
        return FileHash(found.digest, found.bits) if isinstance(found, Look) else found

    with ThreadPoolExecutor(READERS) as readers, Progress(title, len(paths)) as progress:
        for path, found in zip(paths, readers.map(look, paths), strict=True):
            if isinstance(found, FileHash):
                looks.seen[path] = found
                fresh += found.sha256 not in memory
                memory[found.sha256] = found.bits.tobytes().hex()
            else:
                looks.unreadable.append(found)
            progress.advance(1)
    if fresh:
        _save(folder / FILE_NAME, memory)
    return looks


def _load(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        logger.warning("%s is damaged (%s); all photos are looked at again.", path, error)
        return {}
    return known


def _save(path: Path, memory: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.partial")
    aside.write_text(json.dumps(memory), encoding="utf-8")
    aside.rename(path)
