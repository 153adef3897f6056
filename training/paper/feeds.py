"""What a phase's network is fed: cached features of a frozen backbone, or photos from disk."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import decode, normalise, to_tensor
from training.augment import StudyAugmentation
from training.feature_cache import FeatureCache
from training.photo_dataset import DroppedPhotos, PhotoDataset, collate, readable_batches
from training.photos import Sample

READERS: Final = min(8, (os.cpu_count() or 1) - 1)


class Batch(NamedTuple):
    """N inputs, and which of the feed's samples they belong to."""

    rows: Tensor  # int64 (N,)
    inputs: Tensor  # features (N, 2048), or normalised photos (N, 3, H, W)


class Feed(Protocol):
    """Gives all samples once, in batches: in order, or shuffled by a generator."""

    samples: Sequence[Sample]

    def batches(self, size: int, shuffle: torch.Generator | None = None) -> Iterator[Batch]:
        """Yield every sample once."""


class FeatureFeed:
    """The cached features of some of a cache's photos, held in memory."""

    def __init__(
        self, samples: Sequence[Sample], cached: Sequence[Sample], cache: FeatureCache
    ) -> None:
        self.samples = samples
        place = {sample.path: row for row, sample in enumerate(cached)}
        rows = np.array([place[sample.path] for sample in samples], dtype=np.intp)
        self._features = cache.read(rows, np.zeros_like(rows))  # (N, 2048)

    def batches(self, size: int, shuffle: torch.Generator | None = None) -> Iterator[Batch]:
        """Yield every sample once."""
        count = len(self.samples)
        order = torch.arange(count) if shuffle is None else torch.randperm(count, generator=shuffle)
        for start in range(0, count, size):
            rows = order[start : start + size]
            yield Batch(rows, self._features[rows])


class PhotoFeed:
    """Photos decoded each time they are asked for; what cannot be read is dropped and named."""

    def __init__(
        self, samples: Sequence[Sample], view: Callable[[bytes], Tensor], how: Preprocessing
    ) -> None:
        self.samples = samples
        self._photos = PhotoDataset(samples, view)
        self._how = how
        self._dropped = DroppedPhotos()

    def batches(self, size: int, shuffle: torch.Generator | None = None) -> Iterator[Batch]:
        """Yield every sample once."""
        loader = DataLoader(
            self._photos,
            batch_size=size,
            shuffle=shuffle is not None,
            generator=shuffle,
            num_workers=READERS if len(self.samples) > 4 * size else 0,
            collate_fn=collate,
        )
        for batch in readable_batches(loader, self._dropped):
            yield Batch(batch.rows, normalise(batch.pixels, self._how))


class ServedView:
    """A photo as it is served: resized and cut as the evaluation transform says."""

    def __init__(self, how: Preprocessing) -> None:
        self._how = how

    def __call__(self, data: bytes) -> Tensor:
        return to_tensor(data, self._how)


class StudyView:
    """A photo augmented as the study does, anew each time."""

    def __init__(self, how: Preprocessing) -> None:
        self._how, self._augment = how, StudyAugmentation(how)

    def __call__(self, data: bytes) -> Tensor:
        return self._augment(decode(data, at_least=self._how.resize))
