"""Logits and true labels of held-out photos, as arrays."""

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.ml.network import Logits
from classifier.ml.probabilities import Floats, LogitArrays, Probabilities, probabilities
from training.data.batches import BatchSource
from training.data.folder import PhotosError
from training.engine.stages import TrainedPart
from training.evaluation.truth import Truth, truth_of

__all__ = [
    "Floats",
    "LogitArrays",
    "Probabilities",
    "Truth",
    "features_of",
    "logits_of",
    "probabilities",
    "truth_of",
]

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


@torch.inference_mode()
def features_of(
    part: TrainedPart, batches: BatchSource
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the heads' inputs for photos as they are evaluated, and which photos these are.

    Returns:
        Features (N, 2048), and the N rows; a photo that cannot be read any more is missing.
    """
    part.eval()
    device = next(part.parameters()).device
    features, rows = [], []
    for batch in batches.evaluation_batches(BATCH_SIZE, device):
        features.append(part.features(batch.inputs).float().cpu().numpy())
        rows.append(batch.rows.numpy())
    return np.concatenate(features), np.concatenate(rows)
