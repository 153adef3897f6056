"""A trained part's scores of cached photos, as arrays for metrics and as `Scores` for decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, softmax

from classifier.decision import Scores
from classifier.ml.manifest import Temperature
from classifier.ml.network import Logits
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.feeds import Feed
from training.photos import PhotosError, Sample
from training.stages import TrainedPart

Floats = NDArray[np.float64]
BATCH = 64


@dataclass(frozen=True, slots=True)
class LogitArrays:
    """Raw outputs for N photos: main (N, 3), sub (N, 9), novelty (N,)."""

    main: Floats
    sub: Floats
    novelty: Floats

    @classmethod
    def of(cls, batches: Sequence[Logits]) -> "LogitArrays":
        """Return the outputs of all batches, one after the other."""
        columns = zip(*batches, strict=True)
        return cls(*(torch.cat(column).double().cpu().numpy() for column in columns))


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Scores of N photos after temperature: main (N, 3), sub (N, 9), novelty (N,)."""

    main: Floats
    sub: Floats
    novelty: Floats

    @classmethod
    def of(cls, scores: Sequence[Scores]) -> "Probabilities":
        """Return the scores of N photos as arrays."""
        return cls(
            main=np.array([[s.main[name] for name in MAIN_CLASSES] for s in scores]),
            sub=np.array([[s.sub[name] for name in SUBCLASSES] for s in scores]),
            novelty=np.array([s.novelty for s in scores]),
        )

    def as_scores(self) -> list[Scores]:
        """Return one `Scores` a photo, as the product's decision takes them."""
        return [
            Scores(
                main=dict(zip(MAIN_CLASSES, map(float, main), strict=True)),
                sub=dict(zip(SUBCLASSES, map(float, sub), strict=True)),
                novelty=float(novelty),
            )
            for main, sub, novelty in zip(self.main, self.sub, self.novelty, strict=True)
        ]


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


def probabilities(logits: LogitArrays, temperature: Temperature) -> Probabilities:
    """Return softmax and sigmoid of the logits over their temperatures."""
    return Probabilities(
        main=softmax(logits.main / temperature.main, axis=1),
        sub=softmax(logits.sub / temperature.sub, axis=1),
        novelty=expit(logits.novelty / temperature.novelty),
    )


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
