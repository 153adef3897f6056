"""Logits and true labels of held-out photos, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.ml.network import Logits
from classifier.ml.probabilities import Floats, LogitArrays, Probabilities, probabilities
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.data.batches import BatchSource
from training.data.folder import PhotosError, Sample
from training.engine.stages import TrainedPart

__all__ = [
    "Floats", "LogitArrays", "Probabilities", "Truth", "logits_of", "probabilities", "truth_of",
]  # fmt: skip

BATCH_SIZE = 64


@torch.inference_mode()
def logits_of(part: TrainedPart, batches: BatchSource) -> LogitArrays:
    """Return the logits of the evaluation view of all photos, in order.

    Raises:
        PhotosError: if a photo can no longer be read.
    """
    part.eval()
    device = next(part.parameters()).device
    logits: list[Logits] = []
    seen = 0
    for rows, inputs in batches.evaluation_batches(BATCH_SIZE, device):
        logits.append(part(inputs))
        seen += len(rows)
    if seen != len(batches):
        raise PhotosError(
            f"Only {seen} of {len(batches)} held-out photos can still be read; the log names the "
            "others. Do not change the folder during a run."
        )
    return LogitArrays.of(logits)


@dataclass(frozen=True, slots=True)
class Truth:
    """The true labels of N photos, each (N,); an index is -1 where there is no such label."""

    main: NDArray[np.intp]
    sub: NDArray[np.intp]
    groups: NDArray[np.str_]

    @property
    def items(self) -> NDArray[np.bool_]:
        return self.sub >= 0

    @property
    def near(self) -> NDArray[np.bool_]:
        return (self.main >= 0) & (self.sub < 0)

    @property
    def others(self) -> NDArray[np.bool_]:
        return self.main < 0


def truth_of(samples: Sequence[Sample]) -> Truth:
    """Return the labels of samples as indices."""
    return Truth(
        main=np.array([MAIN_CLASSES.index(s.main) if s.main else -1 for s in samples]),
        sub=np.array([SUBCLASSES.index(s.sub) if s.sub else -1 for s in samples]),
        groups=np.array([s.group for s in samples]),
    )
