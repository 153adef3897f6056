"""One pass of the network over prepared photos, and the decision of each."""

from collections.abc import Iterable
from typing import NamedTuple

from torch import Tensor

from classifier.decision import Decision, Scores, decide
from classifier.ml.predictor import Predictor


class Decided(NamedTuple):
    """What became of one photo in a pass."""

    scores: Scores
    decision: Decision
    embedding: bytes


def decide_all(prepared: Iterable[object], predictor: Predictor) -> list[Decided]:
    """Return scores, decision and embedding of each prepared photo, in order.

    Args:
        prepared: photos as `Predictor.prepare` returns them, uint8 (3, size, size). Whatever else
            is among them, such as the reason why one could not be read, is left out.

    Raises:
        RuntimeError: if the device or its memory fails.
        ValueError: if the network's outputs are no numbers.
    """
    photos = [item for item in prepared if isinstance(item, Tensor)]
    thresholds = predictor.manifest.thresholds
    return [
        Decided(scores, decide(scores, thresholds), embedding)
        for scores, embedding in predictor.predict_and_embed(photos)
    ]
