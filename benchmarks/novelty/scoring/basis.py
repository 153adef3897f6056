"""Fewer directions for the detectors: the principal components of the training photos."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.novelty.scoring.heads import Heads

Floats = NDArray[np.float32]


class Basis(NamedTuple):
    """Where features are measured from, (2048,), and orthonormal rows (D, 2048)."""

    mean: Floats
    rows: Floats

    def project(self, features: Floats) -> Floats:
        """Return features (N, 2048) in these directions, (N, D)."""
        return np.asarray((features - self.mean) @ self.rows.T, np.float32)

    def heads(self, heads: Heads) -> Heads:
        """Return the same heads for projected features, up to what the projection lost."""
        weight = heads.weight.numpy()
        return Heads(
            heads.weight.new_tensor(weight @ self.rows.T),
            heads.bias + heads.bias.new_tensor(weight @ self.mean),
        )


def principal(features: Floats, dimensions: int) -> Basis:
    """Return the ``dimensions`` directions in which features (N, 2048) differ most (PCA)."""
    mean = features.mean(axis=0)
    centred = features - mean
    _, directions = np.linalg.eigh(centred.T @ centred)  # ascending
    return Basis(mean, np.ascontiguousarray(directions.T[::-1][:dimensions]))
