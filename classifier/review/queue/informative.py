"""How informative a label is for the model, and a varied choice among the most informative."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

MARGIN_SHARE: Final = 0.7
# What one more photo of a subclass predicted lately costs: enough to turn to another class when two
# photos are about as informative, too little to prefer an uninformative photo.
REPETITION_COSTS: Final = 0.1


class ClassShare(NamedTuple):
    """A class and the probability that the model gave it."""

    label: str
    share: float


def top_classes(shares: Mapping[str, float], count: int) -> list[ClassShare]:
    """Return the ``count`` classes with the largest shares, the largest first."""
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return [ClassShare(label, share) for label, share in ranked[:count]]


def informativeness(*, sub: Mapping[str, float], novelty: float) -> float:
    """Return how informative a label of this photo is for the model, 0 (not at all) to 1.

    A small margin between the best two subclasses (margin sampling: Scheffer, Decomain and Wrobel,
    2001), and a novelty score that could go either way.
    """
    first, second = top_classes(sub, 2)
    margin = first.share - second.share
    undecided = 4 * novelty * (1 - novelty)
    value = MARGIN_SHARE * (1 - margin) + (1 - MARGIN_SHARE) * undecided
    return min(1.0, max(0.0, value))


class WaitingPhoto(NamedTuple):
    """What the choice needs to know of a photo in the queue."""

    item: int
    predicted_sub: str | None
    informative: float


def most_informative(
    candidates: Sequence[WaitingPhoto], lately: Sequence[str | None]
) -> WaitingPhoto:
    """Return the most informative candidate, less what repetition costs it."""
    seen = Counter(lately)
    return max(candidates, key=lambda c: c.informative - REPETITION_COSTS * seen[c.predicted_sub])
