"""The gate's reasons in sentences: shares in per cent, differences in points."""

from collections.abc import Sequence
from typing import Final

from classifier.versions.gate_report import Criterion
from classifier.versions.sentences import listed
from training.evaluation.statistics.paired import Difference
from training.gate.cost_words import reviews

FEWER_ARE_BETTER: Final = ("wrong tags", "near photos tagged")
NOT_WORSE: Final = "Nothing got worse by more than is allowed."


def moved(name: str, difference: Difference) -> str:
    """Return how a figure moved, as the clause "recall of Boots fell by 2.1 points"."""
    change = difference.difference
    if points(change) == points(0.0):
        return f"{name} stayed the same"
    return f"{name} {'rose' if change > 0 else 'fell'} by {points(abs(change))}"


def guard_sentence(
    name: str,
    difference: Difference,
    *,
    worse_by: float,
    allowed: float | None,
    certain: bool,
    photos: int | None = None,
) -> str:
    """Return what became of a figure that must not get worse.

    Args:
        worse_by: how much worse the figure became, as a share; below 0 it got better.
        allowed: the share that it exceeds; None if it is within what is allowed.
        certain: whether chance does not explain it.
        photos: test photos that tell of the figure, where that is not all of them.
    """
    sentence = _moved_sentence(name, difference, photos)
    if worse_by <= 0 or points(worse_by) == points(0.0):
        return f"{sentence}. That is no loss."
    chance = "Chance does not explain that" if certain else "Chance could explain that"
    if allowed is None:
        return f"{sentence}. {chance}, and so small a loss is allowed."
    return f"{sentence}. {chance}; {_most(allowed)}."


def _most(allowed: float) -> str:
    return f"a loss of at most {points(allowed)} is allowed" if allowed else "no loss is allowed"


def gain_sentence(name: str, difference: Difference, *, passed: bool, lower_is_better: bool) -> str:
    """Return whether a figure is better for certain."""
    sentence = _moved_sentence(name, difference)
    if passed:
        return f"{sentence}. That is better, and chance does not explain it."
    change = -difference.difference if lower_is_better else difference.difference
    if points(abs(change)) == points(0.0):
        return f"{sentence}. That is no gain."
    if change < 0:
        return f"{sentence}. That is worse."
    return f"{sentence}. That is better, but chance could explain it."


def missing_sentence(name: str, count: int, fewest: int) -> str:
    """Return why a figure could not be compared."""
    if not count:
        return f"{_sentence_case(name)} cannot be compared: no test photo tells of it."
    return (
        f"{_sentence_case(name)} cannot be compared: there are {count} test photos, and it takes "
        f"{fewest} to see a loss."
    )


def summary_sentence(criteria: Sequence[Criterion]) -> str:
    """Return the verdict and its reasons in one sentence."""
    reasons = [c.reason for c in criteria if c.kind == "must" and not c.passed]
    gains = [c for c in criteria if c.kind == "gain" and c.passed]
    better = [_as_gain(c.name) for c in gains if c.unit == "share"]
    cheaper = next((c for c in gains if c.unit == "reviews"), None)
    if reasons:
        names = listed([_as_gain(c.name) for c in gains]) if gains else ""
        rest = f" What got better, {names}, does not make up for that." if gains else ""
        return f"Rejected because {listed(reasons)}.{rest}"
    if not gains:
        return f"Rejected because nothing got better for certain. {NOT_WORSE}"
    rest = f" What got better: {listed(better)}." if better else ""
    if cheaper:
        return f"{_cheaper(cheaper)}.{rest} {NOT_WORSE}"
    return f"As cheap as the champion.{rest} {NOT_WORSE}"


def _as_gain(name: str) -> str:
    """Return how a figure that got better is called: "better in wrong tags" means fewer."""
    return {"cost": "a lower cost"}.get(name, f"fewer {name}" if name in FEWER_ARE_BETTER else name)


def _cheaper(cost: Criterion) -> str:
    before, after = reviews(cost.champion or 0), reviews(cost.candidate or 0)
    return f"Cheaper: 1,000 photos cost {after} reviews instead of {before}"


def points(share: float) -> str:
    """Return a difference of shares as percentage points: ``1.5 points``."""
    number = f"{100 * share:.1f}".removesuffix(".0")
    return f"{number} point{'s' * (number != '1')}"


def _moved_sentence(name: str, difference: Difference, photos: int | None = None) -> str:
    """Return the figure's move with both values and the photos that make the difference."""
    before, after = _percent(difference.champion), _percent(difference.candidate)
    values = f" ({after})" if before == after else f", from {before} to {after}"
    counted = f" on {photos} photos" if photos is not None else ""
    changed = (
        f" (new on {_photos(difference.gained)}, gone on {difference.lost})"
        if difference.p_value is not None and (difference.lost or difference.gained)
        else ""
    )
    return f"{_sentence_case(moved(name, difference))}{values}{counted}{changed}"


def _photos(count: int) -> str:
    return f"{count} photo{'s' * (count != 1)}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _percent(value: float) -> str:
    return f"{100 * value:.1f}\u00a0%"
