"""What a trained part says of held-out photos, and what is true of them, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.ml.network import Logits
from classifier.ml.probabilities import Floats, LogitArrays, Probabilities, probabilities
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.data.batches import Feed
from training.data.folder import PhotosError, Sample
from training.engine.stages import TrainedPart

__all__ = [
    "Floats", "LogitArrays", "Probabilities", "Truth", "logits_of", "probabilities", "truth_of",
]  # fmt: skip

BATCH = 64


@torch.inference_mode()
def logits_of(part: TrainedPart, feed: Feed) -> LogitArrays:
    """Return the logits of all photos of a feed as they are served, in order.

    Raises:
        PhotosError: if a photo can no longer be read.
    """
    part.eval()
    device = next(part.parameters()).device
    found: list[Logits] = []
    seen = 0
    for rows, inputs in feed.served(BATCH, device):
        found.append(part(inputs))
        seen += len(rows)
    if seen != len(feed):
        raise PhotosError(
            f"Only {seen} of {len(feed)} held-out photos can still be read; the log names the "
            "others. Do not change the folder during a run."
        )
    return LogitArrays.of(found)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of N photos; an index is -1 where there is no such label."""

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
