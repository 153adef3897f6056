"""Photos read while training: what cannot be read is dropped, counted and named, never hidden."""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import Dataset

from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.photos.local_files import read_file, shown_path
from training.data.folder import Sample, UnreadablePhoto

logger = logging.getLogger(__name__)

READERS: Final = min(8, max(1, (os.cpu_count() or 1) - 1))
WORTH_READERS: Final = 100  # photos; for fewer, starting processes takes longer than it saves


def readers_for(photos: int) -> int:
    """Return how many processes should read so many photos beside this one; 0 is none."""
    return READERS if photos >= WORTH_READERS else 0


class DecodedPhoto(NamedTuple):
    """A photo that was read: its row among the samples, and uint8 pixels (…, 3, H, W)."""

    row: int
    pixels: Tensor


class DecodedBatch(NamedTuple):
    """N photos that were read, and those that were not.

    ``rows`` chooses the `training.data.targets.Targets` that belong to ``pixels``.
    """

    rows: Tensor  # int64 (N,)
    pixels: Tensor  # uint8 (N, 3, H, W)
    unreadable: tuple[UnreadablePhoto, ...]


class PhotoDataset(Dataset[DecodedPhoto | UnreadablePhoto]):
    """Reads a photo from disk each time it is asked for.

    Args:
        samples: the photos.
        view: makes uint8 pixels (…, 3, H, W), always of one shape, from a file's bytes and the
            photo's row, on which all its randomness depends; raises `UnreadablePhotoError` where it
            cannot.
    """

    def __init__(self, samples: Sequence[Sample], view: Callable[[bytes, int], Tensor]) -> None:
        self._samples, self._view = samples, view

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> DecodedPhoto | UnreadablePhoto:
        path = self._samples[index].path
        try:
            return DecodedPhoto(index, self._view(read_file(path), index))
        except UnreadablePhotoError as error:
            return UnreadablePhoto(path, str(error))
        except OSError as error:
            return UnreadablePhoto(path, f"The file cannot be read ({error.strerror or error}).")


def collate(entries: Sequence[DecodedPhoto | UnreadablePhoto]) -> DecodedBatch:
    """Return the photos that were read as one batch; it may be empty.

    The rest travels along: a loader's worker processes cannot count for the main one.
    """
    decoded = [entry for entry in entries if isinstance(entry, DecodedPhoto)]
    return DecodedBatch(
        rows=torch.tensor([photo.row for photo in decoded], dtype=torch.int64),
        pixels=torch.stack([photo.pixels for photo in decoded]) if decoded else torch.empty(0),
        unreadable=tuple(entry for entry in entries if isinstance(entry, UnreadablePhoto)),
    )


class DroppedPhotos:
    """Counts by name what was dropped, and says so in the log the first time."""

    def __init__(self) -> None:
        self.counts: Counter[Path] = Counter()

    def add(self, unreadable: Iterable[UnreadablePhoto]) -> None:
        """Count these photos."""
        for photo in unreadable:
            if photo.path not in self.counts:
                logger.warning("Left out %s: %s", shown_path(photo.path), photo.reason)
            self.counts[photo.path] += 1


def readable_batches(
    loader: Iterable[DecodedBatch], dropped: DroppedPhotos
) -> Iterator[DecodedBatch]:
    """Yield the loader's batches that have photos; what was dropped is counted."""
    for decoded in loader:
        dropped.add(decoded.unreadable)
        if len(decoded.rows):
            yield decoded
