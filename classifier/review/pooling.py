"""One decision for one listing: its photos show one piece, seen several times. Pure.

The scores are pooled by a weighted mean, the linear opinion pool (Stone, "The opinion pool", 1961).
A photo's weight is one minus its novelty score: a photo of the label or the box says little of the
piece. The pooled scores are then decided by the rules of a single photo. Where photos that the
model is sure of name different classes, no class stands for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from classifier.decision import Decision, Outcome, Scores, Thresholds, decide
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

# So that photos that are all novel have a mean, too.
LEAST_WEIGHT: Final = 1e-3


@dataclass(frozen=True, slots=True)
class ListingDecision:
    """What the model says of a listing.

    Attributes:
        outcome, main, sub: as of a photo; the classes are None where the decision names none.
        confidence: of the finest class named, else of the best main class, 0 to 1.
        is_contradictory: photos that the model is sure of name different classes.
    """

    outcome: Outcome
    main: str | None
    sub: str | None
    confidence: float
    is_contradictory: bool


def pool(photos: Sequence[Scores]) -> Scores:
    """Return the scores of several photos as those of one.

    Raises:
        ValueError: if there is no photo.
    """
    if not photos:
        raise ValueError("Scores of at least one photo were expected; there are none.")
    weights = [max(1 - scores.novelty, LEAST_WEIGHT) for scores in photos]
    total = sum(weights)

    def mean(values: Sequence[float]) -> float:
        return sum(w * value for w, value in zip(weights, values, strict=True)) / total

    return Scores(
        {name: mean([scores.main[name] for scores in photos]) for name in MAIN_CLASSES},
        {name: mean([scores.sub[name] for scores in photos]) for name in SUBCLASSES},
        mean([scores.novelty for scores in photos]),
    )


def contradicts(named: Sequence[tuple[str | None, str | None]]) -> bool:
    """Return whether main classes and subclasses that photos name cannot be of one piece.

    A main class alone agrees with each of its subclasses, and no class with everything.
    """
    mains = {main for main, _ in named if main is not None}
    subs = {sub for _, sub in named if sub is not None}
    return len(mains) > 1 or len(subs) > 1


def decide_listing(
    photos: Sequence[tuple[Scores, Decision]], thresholds: Thresholds
) -> ListingDecision:
    """Return the decision for a listing from scores and decision of each of its photos.

    Raises:
        ValueError: if there is no photo.
    """
    pooled = pool([scores for scores, _ in photos])
    decision = decide(pooled, thresholds)
    named = [(single.main, single.sub) for _, single in photos]
    if not contradicts(named):
        sure = decision.sub_confidence if decision.sub else decision.main_confidence
        return ListingDecision(decision.outcome, decision.main, decision.sub, sure, False)
    mains = {main for main, _ in named if main is not None}
    main = mains.pop() if len(mains) == 1 else None
    outcome = Outcome.MAIN_CLASS if main else Outcome.UNKNOWN
    confidence = pooled.main[main] if main else decision.main_confidence
    return ListingDecision(outcome, main, None, confidence, True)
