"""The gate's reasons in sentences: shares in per cent, differences in points."""

from collections.abc import Sequence

from classifier.versions.gate_report import Criterion
from classifier.wording import listed
from training.evaluation.paired import Difference
from training.gate.cost_words import reviews


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
    if allowed is not None:
        most = f"at most {points(allowed)} worse is allowed" if allowed else "no loss is allowed"
        why = f"Chance does not explain that, and then {most}" if certain else _sentence_case(most)
        return f"{sentence}. {why}."
    if worse_by <= 0:
        return f"{sentence}. That is no loss."
    return (
        f"{sentence}. Chance could explain that."
        if not certain
        else f"{sentence}. That is allowed."
    )


def gain_sentence(name: str, difference: Difference, *, passed: bool, lower_is_better: bool) -> str:
    """Return whether a figure is better for certain."""
    sentence = _moved_sentence(name, difference)
    if passed:
        return f"{sentence}. That is better, and chance does not explain it."
    better = difference.difference < 0 if lower_is_better else difference.difference > 0
    return f"{sentence}. {'Chance could explain it' if better else 'That is no gain'}."


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
    better = [c.name for c in gains if c.unit == "share"]
    cheaper = next((c for c in gains if c.unit == "reviews"), None)
    if reasons:
        rest = f"; {listed([c.name for c in gains])} got better for certain" if gains else ""
        return f"Rejected because {listed(reasons)}{rest}."
    if not gains:
        return "Rejected because nothing got better for certain, though nothing got worse either."
    rest = f"better in {listed(better)}, and " if better else ""
    if cheaper:
        return f"{_cheaper(cheaper)}; {rest}no guard is broken."
    return f"As cheap as the champion, {rest}no guard is broken."


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
        f" ({difference.gained} gained, {difference.lost} lost)"
        if difference.lost or difference.gained
        else ""
    )
    return f"{_sentence_case(moved(name, difference))}{values}{counted}{changed}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _percent(value: float) -> str:
    return f"{100 * value:.1f}\u00a0%"
