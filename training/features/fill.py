"""Fill a cache's file photo by photo; a filling that was stopped goes on where it stood."""

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

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import UnreadablePhotoError, normalise
from training.data.dataset import PhotoDataset, readers_for
from training.data.folder import Unreadable
from training.runtime.checkpoint import FULL
from training.runtime.devices import Precision, calculating_in
from training.runtime.progress import Progress

PASS: Final = 32  # pictures through the frozen part at a time
SECONDS_BETWEEN_NOTES: Final = 20.0

Values = NDArray[np.float16]


class CacheError(Exception):
    """The cache cannot be written; the message says what is in the way."""


class Filling:
    """A cache's file while it is written: rows of half-precision values, and how many are done.

    Args:
        path: the cache's final place; it appears there when it is complete.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._aside = path.with_suffix(".partial.npy")
        self._note = path.with_suffix(".partial.json")
        self._values: Values | None = None
        self._noted = time.monotonic()
        self.done = 0
        if self._note.is_file() and self._aside.is_file():
            self.done = json.loads(self._note.read_text(encoding="utf-8"))["done"]
            self._values = np.load(self._aside, mmap_mode="r+")

    def add(self, values: Values, total: int) -> None:
        """Write the next rows of ``total``.

        Raises:
            CacheError: if the disk has too little room.
        """
        if self._values is None:
            self._values = _open(self._aside, (total, *values.shape[1:]))
        self._values[self.done : self.done + len(values)] = values
        self.done += len(values)
        if time.monotonic() - self._noted > SECONDS_BETWEEN_NOTES:
            self._take_note()

    def finish(self) -> None:
        """Put the complete file in its place."""
        self._take_note()
        self._values = None
        self._note.unlink()
        self._aside.rename(self._path)

    def _take_note(self) -> None:
        """Remember how far it is, once the values themselves are on disk."""
        if isinstance(self._values, np.memmap):
            self._values.flush()
        aside = self._note.with_suffix(".tmp")
        aside.write_text(json.dumps({"done": self.done}), encoding="utf-8")
        aside.replace(self._note)
        self._noted = time.monotonic()


@torch.inference_mode()
def fill(
    filling: Filling, photos: PhotoDataset, views: int, frozen: nn.Module, how: Preprocessing,
    precision: Precision, title: str,
) -> None:  # fmt: skip
    """Run every photo's views through the frozen part, from where the filling stands.

    Raises:
        CacheError: if the disk has too little room.
        UnreadablePhotoError: if a photo cannot be decoded.
    """
    device = next(frozen.parameters()).device
    total = len(photos) * views
    with Progress(title, total, done=filling.done) as progress:
        for pixels in _pixels(photos, filling.done // views, max(1, PASS // views)):
            with calculating_in(precision, device):
                out = frozen(normalise(pixels.flatten(0, 1).to(device), how))
            filling.add(out.to("cpu", torch.float16).contiguous().numpy(), total)
            progress.advance(len(out))
    filling.finish()


def _pixels(photos: PhotoDataset, first: int, at_once: int) -> Iterator[Tensor]:
    """Yield uint8 pixels (photos, views, 3, H, W) in order, from photo ``first`` on."""
    rest: Dataset[object] = Subset(photos, range(first, len(photos)))
    loader = DataLoader(
        rest, batch_size=at_once, num_workers=readers_for(len(photos) - first),
        collate_fn=_stacked,
    )  # fmt: skip
    for found in loader:
        if isinstance(found, Unreadable):
            raise UnreadablePhotoError(f"{found.path}: {found.reason}")
        yield found


def _stacked(entries: Sequence[object]) -> Tensor | Unreadable:
    """Return the photos' views as one tensor, or the first photo that cannot be read."""
    bad = [entry for entry in entries if isinstance(entry, Unreadable)]
    return bad[0] if bad else torch.stack([entry.pixels for entry in entries])  # type: ignore[attr-defined]  # the rest are items


def _open(path: Path, shape: tuple[int, ...]) -> Values:
    """Make a file of this size, all of it reserved: a full disk under a map kills the process."""
    needed, free = 2 * int(np.prod(shape)), shutil.disk_usage(path.parent).free
    if needed > 0.9 * free:
        raise CacheError(_no_room(needed, path.parent, f"which has {free / 2**30:.1f} GB"))
    try:
        values = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno not in FULL:
            raise
        raise CacheError(_no_room(needed, path.parent, f"but: {error.strerror}")) from error
    return values


def _no_room(needed: int, folder: Path, but: str) -> str:
    return (
        f"The cache needs {needed / 2**30:.1f} GB in {folder}, {but}. "
        "Name another folder with --cache, or take fewer views."
    )
