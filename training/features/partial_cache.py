"""Fill a cache's file photo by photo; one that was stopped goes on where it stopped."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Subset

from classifier.ml.atomic_write import atomic_write
from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import UnreadablePhotoError, normalise
from classifier.photos.local_files import shown_path
from training.data.dataset import PhotoDataset, readers_for
from training.data.folder import UnreadablePhoto
from training.runtime.checkpoint import DISK_FULL
from training.runtime.devices import Precision, autocast
from training.runtime.progress import Progress

PASS: Final = 32  # pictures through the frozen part at a time
SECONDS_BETWEEN_SAVES: Final = 20.0

Values = NDArray[np.float16]


class CacheError(Exception):
    """The cache cannot be written; the message says what is in the way."""


class PartialCache:
    """A cache's file while it is written: rows of half-precision values, and how many are done.

    Args:
        path: the cache's final place; it appears there when it is complete.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_suffix(".partial.npy")
        self._progress = path.with_suffix(".partial.json")
        self._values: Values | None = None
        self._saved_at = time.monotonic()
        self.done = 0
        if self._progress.is_file() and self._partial.is_file():
            self.done = json.loads(self._progress.read_text(encoding="utf-8"))["done"]
            self._values = np.load(self._partial, mmap_mode="r+")

    def add(self, values: Values, total: int) -> None:
        """Write the next rows of ``total``.

        Raises:
            CacheError: if the disk has too little room.
        """
        if self._values is None:
            self._values = _open(self._partial, (total, *values.shape[1:]))
        self._values[self.done : self.done + len(values)] = values
        self.done += len(values)
        if time.monotonic() - self._saved_at > SECONDS_BETWEEN_SAVES:
            self._save_progress()

    def finish(self) -> None:
        """Put the complete file in its place."""
        self._save_progress()
        self._values = None
        self._progress.unlink()
        self._partial.rename(self._path)

    def _save_progress(self) -> None:
        """Remember how far it is, once the values themselves are on disk."""
        if isinstance(self._values, np.memmap):
            self._values.flush()
        atomic_write(self._progress, json.dumps({"done": self.done}))
        self._saved_at = time.monotonic()


@torch.inference_mode()
def fill(
    partial: PartialCache,
    photos: PhotoDataset,
    views: int,
    frozen: nn.Module,
    preprocessing: Preprocessing,
    precision: Precision,
    title: str,
) -> None:
    """Run every photo's views through the frozen part, from where the partial cache ends.

    Raises:
        CacheError: if the disk has too little room.
        UnreadablePhotoError: if a photo cannot be decoded.
    """
    device = next(frozen.parameters()).device
    total = len(photos) * views
    with Progress(title, total, done=partial.done) as progress:
        for pixels in _pixels(photos, partial.done // views, max(1, PASS // views)):
            with autocast(precision, device):
                out = frozen(normalise(pixels.flatten(0, 1).to(device), preprocessing))
            partial.add(out.to("cpu", torch.float16).contiguous().numpy(), total)
            progress.advance(len(out))
    partial.finish()


def _pixels(photos: PhotoDataset, first: int, at_once: int) -> Iterator[Tensor]:
    """Yield uint8 pixels (photos, views, 3, H, W) in order, from photo ``first`` on."""
    rest: Dataset[object] = Subset(photos, range(first, len(photos)))
    loader = DataLoader(
        rest,
        batch_size=at_once,
        num_workers=readers_for(len(photos) - first),
        collate_fn=_stacked,
    )
    for pixels in loader:
        if isinstance(pixels, UnreadablePhoto):
            raise UnreadablePhotoError(f"{shown_path(pixels.path)}: {pixels.reason}")
        yield pixels


def _stacked(entries: Sequence[object]) -> Tensor | UnreadablePhoto:
    """Return the photos' views as one tensor, or the first photo that cannot be read."""
    bad = [entry for entry in entries if isinstance(entry, UnreadablePhoto)]
    return bad[0] if bad else torch.stack([entry.pixels for entry in entries])  # type: ignore[attr-defined]  # the rest are items


def _open(path: Path, shape: tuple[int, ...]) -> Values:
    """Make a file of this size, all of it reserved: a full disk under a map kills the process."""
    needed, free = 2 * int(np.prod(shape)), shutil.disk_usage(path.parent).free
    if needed > 0.9 * free:
        raise CacheError(_disk_full(needed, path.parent, f"which has {free / 2**30:.1f} GB"))
    try:
        values = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno not in DISK_FULL:
            raise
        raise CacheError(_disk_full(needed, path.parent, f"but: {error.strerror}")) from error
    return values


def _disk_full(needed: int, folder: Path, but: str) -> str:
    return (
        f"The cache needs {needed / 2**30:.1f} GB in {folder}, {but}. "
        "Name another folder with --cache, or take fewer views."
    )
