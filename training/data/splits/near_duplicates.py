"""Photos that show the same picture: found by perceptual hash, whatever their size or quality.

A perceptual hash (`imagehash.phash`, 16 x 16 low frequencies) has 256 bits. On 6,858 shop photos,
recompressing, halving or brightening a photo changes 2 to 18 of them and cutting 2 % off every side
about 36, while the closest photos of two different classes differ in more than 48. 64 bits
are too few here: many boots on white share them.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import imagehash
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from classifier.ml.preprocessing import UnreadablePhotoError, decode
from classifier.photos.decoding import stored_size
from classifier.photos.local_files import read_file
from training.data.folder import UnreadablePhoto
from training.runtime.progress import Progress

HASH_SIDE: Final = 16
ALIKE: Final = 40  # of 256 bits; so many or fewer differ between near-duplicates
READERS: Final = min(8, os.cpu_count() or 1)
ROWS: Final = 256  # compared with all others at a time, to keep memory small


@dataclass(frozen=True, slots=True)
class PhotoHash:
    """What a photo looks like.

    Attributes:
        path: the file.
        width, height: in pixels, as stored.
        digest: SHA-256 of the file's bytes.
        bits: perceptual hash, uint64 (4,).
    """

    path: Path
    width: int
    height: int
    digest: str
    bits: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two photos, as indices with ``first < second``, and in how many bits their hashes differ."""

    first: int
    second: int
    distance: int


def hash_photo(path: Path) -> PhotoHash | UnreadablePhoto:
    """Return what the photo looks like, or why it cannot be read."""
    try:
        data = read_file(path)
        image = decode(data, at_least=256)
    except OSError as error:
        return UnreadablePhoto(path, f"The file cannot be read ({error.strerror or error}).")
    except UnreadablePhotoError as error:
        return UnreadablePhoto(path, str(error))
    width, height = stored_size(data)
    bits = imagehash.phash(image, hash_size=HASH_SIDE).hash
    packed = np.packbits(np.asarray(bits).ravel()).view(np.uint64)
    return PhotoHash(path, width, height, hashlib.sha256(data).hexdigest(), packed)


def hash_photos(paths: Sequence[Path], title: str) -> Iterator[PhotoHash | UnreadablePhoto]:
    """Yield one result a photo, in order, and show progress."""
    with ThreadPoolExecutor(READERS) as readers, Progress(title, len(paths)) as progress:
        for photo_hash in readers.map(hash_photo, paths):
            progress.advance(1)
            yield photo_hash


def similar_pairs(bits: NDArray[np.uint64], alike: int = ALIKE) -> list[SimilarPair]:
    """Return all pairs whose hashes differ in at most ``alike`` bits; ``bits`` is (N, 4)."""
    pairs: list[SimilarPair] = []
    for start in range(0, len(bits), ROWS):
        rows, later = bits[start : start + ROWS, None], bits[None, start:]
        distance = np.bitwise_count(rows ^ later).sum(axis=2, dtype=np.uint16)  # (rows, later)
        for row, column in zip(*np.nonzero(distance <= alike), strict=True):
            if row < column:
                first, second = start + int(row), start + int(column)
                pairs.append(SimilarPair(first, second, int(distance[row, column])))
    return pairs


def connected(pairs: Sequence[SimilarPair], count: int) -> NDArray[np.int32]:
    """Return for each of ``count`` photos the number of its group; pairs share a group."""
    rows, columns = [pair.first for pair in pairs], [pair.second for pair in pairs]
    graph = coo_array((np.ones(len(pairs)), (rows, columns)), shape=(count, count))
    groups: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return groups
