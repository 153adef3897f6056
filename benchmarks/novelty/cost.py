"""What each unit and detector would cost a worker: microseconds a photo, beside its pass."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.novelty.cross_fit import fitted_to
from benchmarks.novelty.scoring.basis import principal
from benchmarks.novelty.scoring.heads import unit_scores
from benchmarks.novelty.timing import TIMES, Work, microseconds
from training.data.folder import Sample


def costs(
    features: NDArray[np.float32], samples: Sequence[Sample], dimensions: int
) -> dict[str, float]:
    """Return the cost of each, fitted to all of these photos; a detector's holds the projection."""
    basis = principal(features, dimensions)
    heads, detectors = fitted_to(features, samples, basis)
    rows, mean = torch.from_numpy(basis.rows), torch.from_numpy(basis.mean)

    def project(photo: Tensor) -> Tensor:
        return (photo - mean) @ rows.T

    def with_projection(detector: Callable[[Tensor], Tensor]) -> Work:
        return lambda photo: detector(project(photo))

    work: dict[str, Work] = {"all units": lambda photo: unit_scores(heads, photo)}
    work["projection alone"] = project
    work |= {name: with_projection(detector) for name, detector in detectors.items()}
    return microseconds(work, torch.from_numpy(features[:TIMES]))
