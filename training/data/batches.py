"""Batch sources: batches of photos from disk here, of features in `training.features.cache`."""

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
from training.runtime.seeding import seeded

Rows = NDArray[np.intp]


class Batch(NamedTuple):
    """N inputs, and which of the source's photos they belong to."""

    rows: Tensor  # int64 (N,), on the CPU
    inputs: Tensor  # what the trained part takes, on the device


class BatchSource(Protocol):
    """Photos in a fixed order, given in batches as the trained part takes them."""

    def __len__(self) -> int:
        """Return how many photos there are."""

    def training_batches(
        self, chosen: Sequence[Rows], seed: tuple[int, ...], device: torch.device
    ) -> Iterator[Batch]:
        """Yield one augmented batch for each choice of rows.

        ``seed`` decides all augmentation. What cannot be read is missing from its batch, which
        may be empty.
        """

    def evaluation_batches(self, size: int, device: torch.device) -> Iterator[Batch]:
        """Yield the evaluation view of all photos that can be read, in order."""


class PhotoBatches:
    """Photos decoded each time they are asked for; what cannot be read is dropped and named.

    Args:
        samples: the photos.
        preprocessing: the evaluation transform.
        augmentation: makes a training view, uint8 (3, size, size), from an upright RGB photo;
            None for photos that are never trained on.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        preprocessing: Preprocessing,
        augmentation: Callable[[Image.Image], Tensor] | None = None,
    ) -> None:
        self._samples, self._preprocessing = samples, preprocessing
        self.augmentation = augmentation
        self._dropped = DroppedPhotos()

    def __len__(self) -> int:
        return len(self._samples)

    def training_batches(
        self, chosen: Sequence[Rows], seed: tuple[int, ...], device: torch.device
    ) -> Iterator[Batch]:
        """Yield one batch for each choice of rows, each photo augmented anew."""
        photos = PhotoDataset(
            self._samples, _Augmented(self.augmentation, self._preprocessing, seed)
        )
        loader = DataLoader(
            photos,
            batch_sampler=[rows.tolist() for rows in chosen],
            num_workers=readers_for(sum(map(len, chosen))),
            collate_fn=collate,
            generator=torch.Generator(),  # or it takes a number from the training's own generator
        )
        for decoded in loader:
            self._dropped.add(decoded.unreadable)
            yield Batch(decoded.rows, self._on(device, decoded.pixels))

    def evaluation_batches(self, size: int, device: torch.device) -> Iterator[Batch]:
        """Yield the evaluation view of all photos that can be read, in order."""
        photos = PhotoDataset(self._samples, _EvaluationView(self._preprocessing))
        loader = DataLoader(
            photos, batch_size=size, num_workers=readers_for(len(photos)), collate_fn=collate
        )
        for decoded in readable_batches(loader, self._dropped):
            yield Batch(decoded.rows, self._on(device, decoded.pixels))

    def _on(self, device: torch.device, pixels: Tensor) -> Tensor:
        # Bytes cross to the device, a quarter of what normalised photos would be.
        return normalise(pixels.to(device), self._preprocessing) if len(pixels) else pixels


class _EvaluationView:
    """A photo as it is evaluated and tagged: not augmented."""

    def __init__(self, preprocessing: Preprocessing) -> None:
        self._preprocessing = preprocessing

    def __call__(self, data: bytes, _row: int) -> Tensor:
        return to_tensor(data, self._preprocessing)


class _Augmented:
    """A photo, augmented by a generator seeded with the epoch's seed and the photo's row alone."""

    def __init__(
        self,
        augmentation: Callable[[Image.Image], Tensor] | None,
        preprocessing: Preprocessing,
        seed: tuple[int, ...],
    ) -> None:
        if augmentation is None:
            raise ValueError("These photos have no augmentation; they cannot be trained on.")
        self._augmentation, self._preprocessing, self._seed = augmentation, preprocessing, seed

    def __call__(self, data: bytes, row: int) -> Tensor:
        with seeded(*self._seed, row):
            return self._augmentation(decode(data, at_least=self._preprocessing.resize))
