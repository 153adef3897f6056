"""Whether a shadow's candidate may replace the champion: the gate's rule, on the stream. Pure.

The candidate must not be dearer, no guard may break, and it must be cheaper for certain or right
on more photos for certain. How sure it says it is was guarded by the gate before; here nobody knows
what is true of most photos on which both agree.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from classifier.decision import Outcome
from classifier.shadow.figures import OF_1000, Compared, ComparedPhoto, compare
from classifier.taxonomy import SUBCLASSES
from classifier.versions.sentences import listed

FEWEST_REVIEWED: Final = 20  # photos that differ; with fewer a verdict would be chance
NO_LOSS: Final = 2  # photos


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rule allows; the gate's settings.

    Attributes:
        wrong_tag: reviews that a wrong tag is worth.
        cost: how much dearer, as a share of the champion's cost.
        recall, coverage, rejection: how much lower, 0 to 1.
    """

    wrong_tag: float
    cost: float
    recall: float
    coverage: float
    rejection: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule's verdict and its reasons in a sentence."""

    promote: bool
    summary: str


def rule(photos: Sequence[ComparedPhoto], limits: Limits) -> Ruling:
    """Return the verdict on all compared photos."""
    compared = compare(photos, limits.wrong_tag)
    if compared.cost is None or (compared.different and compared.reviewed < FEWEST_REVIEWED):
        return Ruling(
            False,
            f"{compared.reviewed} of the photos on which both differ were reviewed; it takes "
            f"{FEWEST_REVIEWED} to tell which of the two is right.",
        )
    broken = [*_dearer(photos, compared, limits), *_less(photos, compared, limits)]
    gains = _gains(photos, compared)
    change = _change(compared.cost.value)
    if broken:
        return Ruling(False, f"1,000 photos cost {change}. Dropped because {listed(broken)}.")
    if not gains:
        return Ruling(False, f"1,000 photos cost {change}. Dropped because nothing got better.")
    return Ruling(True, f"1,000 photos cost {change}. {' '.join(gains)} No guard is broken.")


def _dearer(photos: Sequence[ComparedPhoto], compared: Compared, limits: Limits) -> list[str]:
    """Return why the cost stops the candidate, if it does."""
    allowed = limits.cost * champion_cost(photos, limits.wrong_tag)
    if compared.cost is None or compared.cost.high <= allowed:
        return []
    return [
        f"a rise of up to {compared.cost.high:,.0f} reviews per 1,000 photos cannot be excluded, "
        f"and at most {allowed:,.0f} is allowed"
    ]


def champion_cost(photos: Sequence[ComparedPhoto], wrong_tag: float) -> float:
    """Return what 1,000 photos cost with the champion, as far as reviewed ones tell.

    What no reviewed photo stands for counts as free, which makes the rule stricter.
    """
    known = [photo for photo in photos if photo.truth is not None]
    cost = sum(photo.weight * photo.cost(photo.champion, wrong_tag) for photo in known)
    return OF_1000 * cost / len(photos)


def _less(photos: Sequence[ComparedPhoto], compared: Compared, limits: Limits) -> list[str]:
    """Return which guards break: coverage, a subclass's recall, rejection of others."""
    broken = []
    tagged = [
        sum(answer.outcome == Outcome.SUBCLASS for answer in side)
        for side in (
            [photo.champion for photo in photos],
            [photo.candidate for photo in photos],
        )
    ]
    fall = (tagged[0] - tagged[1]) / len(photos)
    if fall > limits.coverage and tagged[0] - tagged[1] > NO_LOSS:
        broken.append(f"it tags {_points(fall)} fewer photos")
    stands_for = compared.different / compared.reviewed if compared.reviewed else 0.0
    for sub in (*SUBCLASSES, None):
        reviewed = [p for p in photos if p.differs and p.truth and _group(*p.truth) == sub]
        lost = sum(_lost(photo, sub) for photo in reviewed)
        # Where both agree nobody may have looked, so these count as what both say.
        alike = sum(
            not p.differs and _group(p.champion.main, p.champion.sub) == sub for p in photos
        )
        fall = stands_for * lost / (alike + stands_for * len(reviewed)) if reviewed else 0.0
        limit = limits.rejection if sub is None else limits.recall
        if lost > NO_LOSS and fall > limit:
            name = "rejection of others" if sub is None else f"recall of {sub}"
            broken.append(f"{name} fell by {_points(fall)}")
    return broken


def _group(main: str | None, sub: str | None) -> str | None:
    """Return the subclass, None for what is none of ours, and "near" for a main class alone."""
    return sub if sub is not None or main is None else "near"


def _lost(photo: ComparedPhoto, sub: str | None) -> int:
    """Return 1 where the champion alone has it, -1 where the candidate alone has it."""
    if sub is None:
        before, after = (
            answer.outcome == Outcome.UNKNOWN for answer in (photo.champion, photo.candidate)
        )
    else:
        # A subclass that falls back is not lost: moderators settle it, and coverage is guarded.
        before = photo.champion.sub in (None, sub)
        after = photo.candidate.sub in (None, sub)
    return int(before) - int(after)


def _gains(photos: Sequence[ComparedPhoto], compared: Compared) -> list[str]:
    gains = []
    if compared.cost is not None and compared.cost.high < 0:
        gains.append("Chance does not explain that.")
    judged = [photo for photo in photos if photo.differs and photo.truth is not None]
    won = sum(p.is_right(p.candidate) and not p.is_right(p.champion) for p in judged)
    lost = sum(p.is_right(p.champion) and not p.is_right(p.candidate) for p in judged)
    if won > lost and _p_value(won, won + lost) < 0.05:
        gains.append(f"The candidate alone is right on {won} photos, the champion alone on {lost}.")
    return gains


def _p_value(at_least: int, of: int) -> float:
    """Return the probability of so many heads of a fair coin (sign test)."""
    return float(sum(math.comb(of, number) for number in range(at_least, of + 1)) / 2**of)


def _change(value: float) -> str:
    number = f"{abs(value):,.0f}"
    if number == "0":
        return "the same number of reviews as with the champion"
    return f"{number} review{'s' * (number != '1')} {'fewer' if value < 0 else 'more'}"


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"
