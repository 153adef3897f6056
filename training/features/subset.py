"""Some photos of kept features, as features of their own that copy nothing."""

import torch
from torch import Tensor

from training.data.batches import Rows
from training.features.feature_batches import CPU, FeatureBatches


class FeatureSubset(FeatureBatches):
    """Chosen photos, in an order of their own.

    Args:
        features: of all photos.
        rows: which of them (N,).
    """

    def __init__(self, features: FeatureBatches, rows: Rows) -> None:
        self._features, self._rows = features, rows

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def views(self) -> int:
        """How many views there are of each photo."""
        return self._features.views

    def read(self, photos: Rows, views: Rows, device: torch.device = CPU) -> Tensor:
        """Return a view of each of these photos, float32 (N, …), on the device."""
        return self._features.read(self._rows[photos], views, device)
