"""Batches of kept features: a `training.data.batches.BatchSource` that only has to be read from."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.data.batches import Batch, Rows

CPU: Final = torch.device("cpu")


class FeatureBatches(Protocol):
    """Features of photos in a fixed order, some views of each; whoever keeps them inherits this."""

    @abstractmethod
    def __len__(self) -> int:
        """Return how many photos there are."""

    @property
    @abstractmethod
    def views(self) -> int:
        """How many views there are of each photo."""

    @abstractmethod
    def read(self, photos: Rows, views: Rows, device: torch.device = CPU) -> Tensor:
        """Return a view of each of these photos, float32 (N, …), on the device.

        Args:
            photos, views: numbers of photos, and of the view of each (N,).
            device: where the features are wanted.
        """

    def training_batches(
        self, chosen: Sequence[Rows], seed: tuple[int, ...], device: torch.device
    ) -> Iterator[Batch]:
        """Yield one batch for each choice of rows: a view of each, maps flipped half the time."""
        draw = np.random.default_rng(seed)
        for rows in chosen:
            values = self.read(rows, draw.integers(self.views, size=len(rows)), device)
            if values.dim() == 4:
                flipped = torch.from_numpy(draw.random(len(rows)) < 0.5).to(device)
                values = torch.where(flipped[:, None, None, None], values.flip(3), values)
                values = values.contiguous(memory_format=torch.channels_last)
            yield Batch(torch.from_numpy(rows), values)

    def evaluation_batches(self, size: int, device: torch.device) -> Iterator[Batch]:
        """Yield view 0 of all photos, in order."""
        for start in range(0, len(self), size):
            rows: NDArray[np.intp] = np.arange(start, min(start + size, len(self)))
            yield Batch(torch.from_numpy(rows), self.read(rows, np.zeros_like(rows), device))
