"""One figure of both models becomes a criterion of the gate; None is a figure without photos."""

from typing import Final

from classifier.versions.gate_report import Criterion, Kind
from training.evaluation.paired import Difference
from training.gate.margins import Margin
from training.gate.words import (
    gain_sentence,
    guard_sentence,
    missing_sentence,
    moved,
    not_excluded,
    not_inferior_sentence,
    points,
)

NO_LOSS: Final = 2  # photos


def not_inferior(name: str, difference: Difference | None, margin: float) -> Criterion:
    """Compare a figure of which a loss above ``margin``, a share, must be excluded."""
    if difference is None:
        return missing(name, 0, 1)
    passed = difference.low >= -margin
    return _criterion(
        name,
        difference,
        passed=passed,
        bound=f"a loss above {points(margin)} can be excluded",
        sentence=not_inferior_sentence(name, difference, passed=passed, margin=margin),
        reason="" if passed else not_excluded(name, difference),
    )


def guarded(
    name: str,
    difference: Difference | None,
    margin: Margin,
    *,
    lower_is_better: bool = False,
    photos: int | None = None,
) -> Criterion:
    """Compare a figure that must not get worse by more than ``margin``.

    Args:
        photos: test photos that tell of the figure, where that is not all of them.
    """
    if difference is None:
        return missing(name, 0, 1)
    worse_by = difference.difference if lower_is_better else -difference.difference
    certain = difference.worse_for_certain(lower_is_better=lower_is_better)
    exceeded = _exceeded(difference, worse_by, margin, certain=certain)
    return _criterion(
        name,
        difference,
        passed=exceeded is None,
        bound=f"at most {points(margin.at_most)} worse, {100 * margin.if_certain:g} for certain",
        sentence=guard_sentence(
            name,
            difference,
            worse_by=worse_by,
            allowed=exceeded,
            certain=certain,
            photos=photos,
        ),
        reason="" if exceeded is None else moved(name, difference),
    )


def _exceeded(
    difference: Difference, worse_by: float, margin: Margin, *, certain: bool
) -> float | None:
    """Return the limit that a loss exceeds; None if it is allowed."""
    if worse_by > margin.if_certain and certain:
        return margin.if_certain
    # One or two photos more or less are no loss, however few there are.
    counted = difference.p_value is not None
    by_chance = counted and abs(difference.lost - difference.gained) <= NO_LOSS
    return margin.at_most if worse_by > margin.at_most and not by_chance else None


def better(name: str, difference: Difference | None, *, lower_is_better: bool = False) -> Criterion:
    """Compare a figure that is a gain if it is better for certain."""
    if difference is None:
        return missing(name, 0, 1, kind="gain")
    passed = difference.better_for_certain(lower_is_better=lower_is_better)
    sentence = gain_sentence(name, difference, passed=passed, lower_is_better=lower_is_better)
    return _criterion(
        name,
        difference,
        passed=passed,
        kind="gain",
        bound="better for certain",
        sentence=sentence,
    )


def _criterion(
    name: str,
    difference: Difference,
    *,
    passed: bool,
    bound: str,
    sentence: str,
    reason: str = "",
    kind: Kind = "must",
) -> Criterion:
    return Criterion(
        name=name,
        kind=kind,
        champion=difference.champion,
        candidate=difference.candidate,
        difference=difference.difference,
        interval=(difference.low, difference.high),
        p_value=difference.p_value,
        bound=bound,
        passed=passed,
        sentence=sentence,
        reason=reason,
    )


def missing(name: str, count: int, fewest: int, kind: Kind = "must") -> Criterion:
    """Return a criterion that cannot be compared, since there are too few photos."""
    return Criterion(
        name=name,
        kind=kind,
        champion=None,
        candidate=None,
        difference=None,
        interval=None,
        p_value=None,
        bound=f"at least {fewest} photos",
        passed=False,
        sentence=missing_sentence(name, count, fewest),
        reason=f"{name} cannot be compared",
    )
