"""The test photos whose decision the candidate fixes or breaks."""

from dataclasses import dataclass, field

from classifier.decision import Outcome
from classifier.taxonomy import label_path
from training.data.folder import Kind, Sample
from training.evaluation.product_scores import Scored
from training.gate.score_models import PairedScores


@dataclass(frozen=True, slots=True)
class ChangedDecision:
    """One photo that one of the models gets right and the other does not.

    Attributes:
        row: the photo's number among the test photos.
        truth, champion, candidate: the true label and both models' tags, in words.
        named_wrong: whether the model that is not right names something wrong; else it fell back.
        confidence: of that model, 0 to 1.
    """

    row: int
    truth: str
    champion: str
    candidate: str
    named_wrong: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class ChangedDecisions:
    """Photos that only the candidate gets right, and those that only the champion does.

    Wrong names come first, the most confident ones before the others.
    """

    fixed: list[ChangedDecision] = field(default_factory=list)
    broken: list[ChangedDecision] = field(default_factory=list)


def changed_decisions(scores: PairedScores) -> ChangedDecisions:
    """Return which decisions the candidate fixes and which it breaks."""
    changed = ChangedDecisions()
    pairs = zip(scores.rows, scores.champion.photos, scores.candidate.photos, strict=True)
    for row, champion, candidate in pairs:
        if is_right(champion) and not is_right(candidate):
            changed.broken.append(_changed(row, champion, candidate, wrong=candidate))
        elif is_right(candidate) and not is_right(champion):
            changed.fixed.append(_changed(row, champion, candidate, wrong=champion))
    for decisions in (changed.fixed, changed.broken):
        decisions.sort(key=lambda decision: (not decision.named_wrong, -decision.confidence))
    return changed


def is_right(photo: Scored) -> bool:
    """Return whether the decision is as good as it can be.

    An item has its subclass, one of a main class alone has no wrong name, and what is none of ours
    is unknown.
    """
    best: Outcome
    match photo.sample.kind:
        case Kind.ITEM:
            best = Outcome.SUBCLASS
        case Kind.NEAR:
            best = Outcome.MAIN_CLASS
        case _:
            best = Outcome.UNKNOWN
    return photo.decision.outcome is best and not photo.mistaken


def _changed(row: int, champion: Scored, candidate: Scored, *, wrong: Scored) -> ChangedDecision:
    return ChangedDecision(
        row=row,
        truth=_truth(champion.sample),
        champion=label_path(champion.decision.main, champion.decision.sub),
        candidate=label_path(candidate.decision.main, candidate.decision.sub),
        named_wrong=wrong.mistaken,
        confidence=wrong.confidence,
    )


def _truth(sample: Sample) -> str:
    if sample.main is None:
        return "none of ours"
    return label_path(sample.main, sample.sub) if sample.sub else f"{sample.main}, no subclass"
