"""From scores to a decision: the fallback rules, pure, without torch and without Django.

The rules are the study's, in its order, with one addition: a novelty score that catches what
looks confident but belongs to no class.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES

DEFAULT_THRESHOLD: Final = 0.7


class Outcome(StrEnum):
    """The fallback status of a photo."""

    SUBCLASS = "subclass"
    MAIN_CLASS = "main_class"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a photo fell back."""

    MAIN_BELOW_THRESHOLD = "main_below_threshold"
    SUB_BELOW_THRESHOLD = "sub_below_threshold"
    SUB_OUTSIDE_MAIN = "sub_outside_main"
    OUT_OF_DISTRIBUTION = "out_of_distribution"


def _must_be_shares(name: str, values: Mapping[str, float], expected: tuple[str, ...]) -> None:
    if set(values) != set(expected):
        raise ValueError(
            f"{name} must name exactly {', '.join(expected)}; "
            f"it names {', '.join(values) or 'nothing'}."
        )
    for label, value in values.items():
        _must_be_share(f"{name}[{label!r}]", value)


def _must_be_share(name: str, value: float) -> None:
    # The slack is for softmax sums in single precision. NaN fails the comparison, as it should.
    if not -1e-6 <= value <= 1 + 1e-6:
        raise ValueError(f"{name} must lie between 0 and 1; it is {value!r}.")


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one photo.

    Attributes:
        main: probability of each main class (softmax, sums to 1).
        sub: probability of each of the nine subclasses (softmax, sums to 1).
        novelty: probability, 0 to 1, that the photo shows none of our goods.

    Raises:
        ValueError: if a class is missing or a value is not between 0 and 1.
    """

    main: Mapping[str, float]
    sub: Mapping[str, float]
    novelty: float

    def __post_init__(self) -> None:
        _must_be_shares("main", self.main, MAIN_CLASSES)
        _must_be_shares("sub", self.sub, SUBCLASSES)
        _must_be_share("novelty", self.novelty)

    def as_dict(self) -> dict[str, object]:
        """Return the scores as plain dicts and numbers, ready for JSON."""
        return {"main": dict(self.main), "sub": dict(self.sub), "novelty": self.novelty}


def _uniform(labels: tuple[str, ...]) -> dict[str, float]:
    return dict.fromkeys(labels, DEFAULT_THRESHOLD)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence a tag needs, class by class, and the most novelty it may have.

    Raises:
        ValueError: if a class is missing or a value is not between 0 and 1.
    """

    main: Mapping[str, float] = field(default_factory=lambda: _uniform(MAIN_CLASSES))
    sub: Mapping[str, float] = field(default_factory=lambda: _uniform(SUBCLASSES))
    novelty: float = DEFAULT_THRESHOLD

    def __post_init__(self) -> None:
        _must_be_shares("thresholds.main", self.main, MAIN_CLASSES)
        _must_be_shares("thresholds.sub", self.sub, SUBCLASSES)
        _must_be_share("thresholds.novelty", self.novelty)


@dataclass(frozen=True, slots=True)
class Decision:
    """What we make of the scores.

    ``main`` and ``sub`` are None where the decision names none; the confidences are always those
    of the best main class and the best subclass, so that a reviewer sees how close it was.
    """

    outcome: Outcome
    main: str | None
    sub: str | None
    main_confidence: float
    sub_confidence: float
    reason: Reason | None


def decide(scores: Scores, thresholds: Thresholds) -> Decision:
    """Turn scores into a decision; a confidence exactly at its threshold is enough."""
    main = max(MAIN_CLASSES, key=scores.main.__getitem__)
    sub = max(SUBCLASSES, key=scores.sub.__getitem__)
    main_confidence, sub_confidence = scores.main[main], scores.sub[sub]

    def fall_back(outcome: Outcome, reason: Reason) -> Decision:
        kept_main = main if outcome is Outcome.MAIN_CLASS else None
        return Decision(outcome, kept_main, None, main_confidence, sub_confidence, reason)

    if main_confidence < thresholds.main[main]:
        return fall_back(Outcome.UNKNOWN, Reason.MAIN_BELOW_THRESHOLD)
    if scores.novelty > thresholds.novelty:
        return fall_back(Outcome.UNKNOWN, Reason.OUT_OF_DISTRIBUTION)
    if MAIN_OF[sub] != main:
        return fall_back(Outcome.MAIN_CLASS, Reason.SUB_OUTSIDE_MAIN)
    if sub_confidence < thresholds.sub[sub]:
        return fall_back(Outcome.MAIN_CLASS, Reason.SUB_BELOW_THRESHOLD)
    return Decision(Outcome.SUBCLASS, main, sub, main_confidence, sub_confidence, None)
