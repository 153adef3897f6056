"""One figure of both models becomes a criterion of the gate; None is a figure without photos."""

from dataclasses import replace
from typing import Final

from classifier.versions.gate_report import Criterion, Kind, Unit
from training.evaluation.statistics.paired import Difference
from training.gate.cost_words import cost_reason, cost_sentence, fewer_tags_alone
from training.gate.rules import IF_CERTAIN
from training.gate.words import (
    gain_sentence,
    guard_sentence,
    missing_sentence,
    moved,
    points,
)

NO_LOSS: Final = 2  # photos
ROUNDING: Final = 1e-9  # 12 of 120 photos are 10 points, and no more


def as_cheap(difference: Difference | None, margin: float) -> Criterion:
    """Compare the cost, of which a rise above ``margin``, a share, must be excluded."""
    if difference is None:
        return missing("cost", 0, 1)
    allowed = margin * difference.champion
    passed = difference.high <= allowed
    return _criterion(
        "cost",
        difference,
        passed=passed,
        unit="reviews",
        bound=f"a rise above {100 * margin:g} % is excluded",
        sentence=cost_sentence(difference, allowed=allowed),
        reason="" if passed else cost_reason(difference),
    )


def cheaper(difference: Difference | None, same_tags: Difference | None) -> Criterion:
    """Compare the cost, which is a gain if it is lower for certain, and not for fewer tags alone.

    Args:
        difference: of the cost.
        same_tags: the same against a champion that gives no more tags than the candidate.
    """
    if difference is None or same_tags is None:
        return missing("cost", 0, 1, kind="gain")
    is_cheaper = difference.better_for_certain(lower_is_better=True)
    passed = is_cheaper and same_tags.better_for_certain(lower_is_better=True)
    criterion = _criterion(
        "cost",
        difference,
        passed=passed,
        unit="reviews",
        bound="cheaper for certain",
        sentence=cost_sentence(difference)
        + (fewer_tags_alone() if is_cheaper and not passed else ""),
    )
    return replace(criterion, kind="gain")


def kept_recall(name: str, difference: Difference | None, margin: float, photos: int) -> Criterion:
    """Compare a subclass's recall, which must not collapse: a fall above ``margin`` blocks.

    With nine of them, one would look worse for certain in every third comparison of two equal
    models; so proof is not asked, and a fall of two photos is none.

    Args:
        photos: test photos of the subclass.
    """
    if difference is None:
        return missing(name, 0, 1)
    worse_by = -difference.difference
    collapsed = worse_by > margin + ROUNDING and difference.lost - difference.gained > NO_LOSS
    return _guard(
        name,
        difference,
        worse_by=worse_by,
        exceeded=margin if collapsed else None,
        certain=difference.worse_for_certain(),
        bound=f"a loss of at most {points(margin)}",
        photos=photos,
    )


def kept_coverage(difference: Difference | None, margin: float) -> Criterion:
    """Compare coverage, which may fall by ``margin``, 0 to 1, whatever that saves."""
    if difference is None:
        return missing("coverage", 0, 1)
    worse_by = -difference.difference
    exceeded = worse_by > margin + ROUNDING and difference.lost - difference.gained > NO_LOSS
    return _guard(
        "coverage",
        difference,
        worse_by=worse_by,
        exceeded=margin if exceeded else None,
        certain=difference.worse_for_certain(),
        bound=f"a loss of at most {points(margin)}",
    )


def guarded(
    name: str, difference: Difference | None, margin: float, *, lower_is_better: bool = False
) -> Criterion:
    """Compare a figure that must not get worse by more than ``margin``, 0 to 1.

    Where chance does not explain the loss, a third of it blocks.
    """
    if difference is None:
        return missing(name, 0, 1)
    worse_by = difference.difference if lower_is_better else -difference.difference
    certain = difference.worse_for_certain(lower_is_better=lower_is_better)
    if_certain = IF_CERTAIN * margin
    exceeded = if_certain if certain and worse_by > if_certain + ROUNDING else None
    counted = difference.p_value is not None
    within_noise = counted and abs(difference.lost - difference.gained) <= NO_LOSS
    if exceeded is None and worse_by > margin + ROUNDING and not within_noise:
        exceeded = margin
    return _guard(
        name,
        difference,
        worse_by=worse_by,
        exceeded=exceeded,
        certain=certain,
        bound=f"a loss of at most {points(margin)}; of {points(if_certain)} if it is certain",
    )


def better(name: str, difference: Difference | None, *, lower_is_better: bool = False) -> Criterion:
    """Compare a figure that is a gain if it is better for certain."""
    if difference is None:
        return missing(name, 0, 1, kind="gain")
    passed = difference.better_for_certain(lower_is_better=lower_is_better)
    sentence = gain_sentence(name, difference, passed=passed, lower_is_better=lower_is_better)
    criterion = _criterion(
        name, difference, passed=passed, bound="better for certain", sentence=sentence
    )
    return replace(criterion, kind="gain")


def _guard(
    name: str,
    difference: Difference,
    *,
    worse_by: float,
    exceeded: float | None,
    certain: bool,
    bound: str,
    photos: int | None = None,
) -> Criterion:
    sentence = guard_sentence(
        name, difference, worse_by=worse_by, allowed=exceeded, certain=certain, photos=photos
    )
    return _criterion(
        name,
        difference,
        passed=exceeded is None,
        bound=bound,
        sentence=sentence,
        reason="" if exceeded is None else moved(name, difference),
    )


def _criterion(
    name: str,
    difference: Difference,
    *,
    passed: bool,
    bound: str,
    sentence: str,
    reason: str = "",
    unit: Unit = "share",
) -> Criterion:
    return Criterion(
        name=name,
        kind="must",
        champion=difference.champion,
        candidate=difference.candidate,
        difference=difference.difference,
        interval=(difference.low, difference.high),
        p_value=difference.p_value,
        bound=bound,
        passed=passed,
        sentence=sentence,
        reason=reason,
        unit=unit,
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
