"""From the network's raw outputs to probabilities, for serving, evaluation and training alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.decision import Scores
from classifier.ml.manifest import Temperature
from classifier.ml.network import Logits
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES, TAXONOMY

Floats = NDArray[np.float64]

# (3, 9): each main class spread evenly over its subclasses.
OVER_SUBCLASSES: Final = np.array(
    [[(MAIN_OF[sub] == main) / len(TAXONOMY[main]) for sub in SUBCLASSES] for main in MAIN_CLASSES]
)
# (9, 9): each subclass spread evenly over those of its main class.
_SPREAD: Final = OVER_SUBCLASSES[[MAIN_CLASSES.index(MAIN_OF[sub]) for sub in SUBCLASSES]]


@dataclass(frozen=True, slots=True)
class LogitArrays:
    """Raw outputs for N photos: main (N, 3), sub (N, 9), novelty (N,), near (N,)."""

    main: Floats
    sub: Floats
    novelty: Floats
    near: Floats

    @classmethod
    def of(cls, batches: Sequence[Logits]) -> "LogitArrays":
        """Return the outputs of all batches, one after the other."""
        columns = zip(*batches, strict=True)
        return cls(*(torch.cat(column).double().cpu().numpy() for column in columns))


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Scores of N photos: main (N, 3), sub (N, 9), novelty (N,)."""

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


# Logits that are no numbers give shares that are none, which the probe refuses in words.
@np.errstate(invalid="ignore", over="ignore")
def softmax(logits: Floats) -> Floats:
    """Return the softmax of each row of (N, K). scipy's says the same, and takes long to import."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


@np.errstate(invalid="ignore", over="ignore")
def sigmoid(logits: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) of any numbers, however far from zero."""
    shares: Floats = np.exp(-np.logaddexp(0, -logits))
    return shares


def probabilities(logits: LogitArrays, temperature: Temperature) -> Probabilities:
    """Return softmax and sigmoid of the logits over their temperatures.

    With the probability p that a photo is near (of a main class, but of none of its subclasses)
    the subclass scores are (1 - p) times the softmax, plus p times the softmax with each main
    class's share spread evenly over its three. They sum to 1. The subclass that a near photo
    resembles gets a third of its main class's share at most, which passes no threshold above that.
    """
    sub = softmax(logits.sub / temperature.sub)
    near = sigmoid(logits.near / temperature.near)[:, None]
    return Probabilities(
        main=softmax(logits.main / temperature.main),
        sub=(1 - near) * sub + near * (sub @ _SPREAD),
        novelty=sigmoid(logits.novelty / temperature.novelty),
    )
