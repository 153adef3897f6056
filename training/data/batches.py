"""What the trained part is fed: photos from disk here, or a `training.features.cache`."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import decode, normalise, to_tensor
from training.data.dataset import (
    DroppedPhotos,
    PhotoDataset,
    collate,
    readable_batches,
    readers_for,
)
from training.data.folder import Sample
from training.runtime.seeding import drawn_from

Rows = NDArray[np.intp]


class Batch(NamedTuple):
    """N inputs, and which of the feed's photos they belong to."""

    rows: Tensor  # int64 (N,), on the CPU
    inputs: Tensor  # what the trained part takes, on the device


class Feed(Protocol):
    """Photos in a fixed order, as what the trained part takes."""

    def __len__(self) -> int:
        """Return how many photos there are."""

    def batches(
        self, chosen: Sequence[Rows], chance: tuple[int, ...], device: torch.device
    ) -> Iterator[Batch]:
        """Yield one batch for each choice of rows, augmented by chance.

        ``chance`` decides all augmentation. What cannot be read is missing from its batch, which
        may be empty.
        """

    def served(self, size: int, device: torch.device) -> Iterator[Batch]:
        """Yield all photos that can be read as they are served, in order."""


class PhotoFeed:
    """Photos decoded each time they are asked for; what cannot be read is dropped and named.

    Args:
        samples: the photos.
        how: the evaluation transform.
        augmentation: makes a training view, uint8 (3, size, size), from an upright RGB photo;
            None for photos that are never trained on.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        how: Preprocessing,
        augmentation: Callable[[Image.Image], Tensor] | None = None,
    ) -> None:
        self._samples, self._how, self._augmentation = samples, how, augmentation
        self._dropped = DroppedPhotos()

    def __len__(self) -> int:
        return len(self._samples)

    def batches(
        self, chosen: Sequence[Rows], chance: tuple[int, ...], device: torch.device
    ) -> Iterator[Batch]:
        """Yield one batch for each choice of rows, each photo augmented anew."""
        photos = PhotoDataset(self._samples, _Augmented(self._augmentation, self._how, chance))
        loader = DataLoader(
            photos,
            batch_sampler=[rows.tolist() for rows in chosen],
            num_workers=readers_for(sum(map(len, chosen))),
            collate_fn=collate,
            generator=torch.Generator(),  # or it takes a number from the training's own chance
        )
        for batch in loader:
            self._dropped.note(batch.unreadable)
            yield Batch(batch.rows, self._on(device, batch.pixels))

    def served(self, size: int, device: torch.device) -> Iterator[Batch]:
        """Yield all photos that can be read as they are served, in order."""
        photos = PhotoDataset(self._samples, _Served(self._how))
        loader = DataLoader(
            photos, batch_size=size, num_workers=readers_for(len(photos)), collate_fn=collate
        )
        for batch in readable_batches(loader, self._dropped):
            yield Batch(batch.rows, self._on(device, batch.pixels))

    def _on(self, device: torch.device, pixels: Tensor) -> Tensor:
        # Bytes cross to the device, a quarter of what normalised photos would be.
        return normalise(pixels.to(device), self._how) if len(pixels) else pixels


class _Served:
    """A photo as it is served."""

    def __init__(self, how: Preprocessing) -> None:
        self._how = how

    def __call__(self, data: bytes, _row: int) -> Tensor:
        return to_tensor(data, self._how)


class _Augmented:
    """A photo augmented by a chance that depends on the epoch's and on its row alone."""

    def __init__(
        self,
        augmentation: Callable[[Image.Image], Tensor] | None,
        how: Preprocessing,
        chance: tuple[int, ...],
    ) -> None:
        if augmentation is None:
            raise ValueError("These photos have no augmentation; they cannot be trained on.")
        self._augmentation, self._how, self._chance = augmentation, how, chance

    def __call__(self, data: bytes, row: int) -> Tensor:
        with drawn_from(*self._chance, row):
            return self._augmentation(decode(data, at_least=self._how.resize))
