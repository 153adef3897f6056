"""Whether a day has drifted: the population stability index of each figure, and what moved. Pure.

The index between two histograms with the shares a and r is the sum of (a - r) ln(a / r): Siddiqi,
Credit Risk Scorecards (2006), chapter 9, where up to 0.1 is called no change and 0.25 and more a
significant one. It is the symmetrised divergence of Kullback and Leibler (1951).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from classifier import wording
from classifier.decision import Outcome
from classifier.drift.figures import FIGURES, Counts
from classifier.versions.sentences import listed

# Added to each bin, so that an empty one counts as rare and not as impossible.
HALF_A_PHOTO: Final = 0.5
_OUTCOMES: Final = {
    Outcome.SUBCLASS: "photos tagged with a subclass",
    Outcome.MAIN_CLASS: "photos that fell back to the main class",
    Outcome.UNKNOWN: "Unknown/Others",
}


@dataclass(frozen=True, slots=True)
class Shift:
    """How far one figure is from its reference.

    Attributes:
        figure: a key of `FIGURES`.
        psi: population stability index, 0 and more.
        grown: the bin that grew most, or the edge where the shares on its two sides moved most.
        below: of a number, whether the side below that edge grew.
        before, after: share of photos in what grew, 0 to 1, in the reference and on the day.
    """

    figure: str
    psi: float
    grown: int
    below: bool
    before: float
    after: float

    @property
    def words(self) -> str:
        """What grew: ``photos with a brightness below 0.3``."""
        figure = FIGURES[self.figure]
        if figure.bins:
            name = figure.bins[self.grown]
            return _OUTCOMES[Outcome(name)] if name in set(Outcome) else f"“{name}”"
        edge = f"{figure.edges[self.grown]:g}{figure.unit}"
        noun = "long side" if self.figure == "size" else figure.name
        article = "" if noun == "novelty" else "a "
        side = f"below {edge}" if self.below else f"of {edge} and more"
        return f"photos with {article}{noun} {side}"


def shifts(day: Counts, reference: Counts, least: int) -> list[Shift]:
    """Return the shift of each figure that can be compared, the largest first.

    Args:
        day, reference: photos by figure and bin; a figure that has fewer than ``least`` in either
            is left out.
    """
    comparable = [
        _shift(key, day[key], reference[key])
        for key in FIGURES
        if min(sum(day[key]), sum(reference[key])) >= least
    ]
    return sorted(comparable, key=lambda shift: shift.psi, reverse=True)


def stability_index(day: Sequence[float], reference: Sequence[float]) -> float:
    """Return the population stability index between two histograms of the same bins."""
    pairs = zip(_shares(day, HALF_A_PHOTO), _shares(reference, HALF_A_PHOTO), strict=True)
    return sum((a - r) * math.log(a / r) for a, r in pairs)


def _shares(bins: Sequence[float], more: float = 0.0) -> list[float]:
    total = sum(bins) + more * len(bins)
    return [(photos + more) / total for photos in bins]


def _shift(key: str, day: Sequence[float], reference: Sequence[float]) -> Shift:
    after, before = _shares(day), _shares(reference)
    below = False
    if FIGURES[key].edges:
        # Shares below each edge; where these differ most, one side grew at the other's cost.
        after, before = list(accumulate(after))[:-1], list(accumulate(before))[:-1]
        moved = [round(a - b, 6) for a, b in zip(after, before, strict=True)]
        most = max(moved, key=abs)
        below = most > 0
        # Of edges that divide the same photos, the one next to what grew.
        grown = moved.index(most) if below else len(moved) - 1 - moved[::-1].index(most)
        if not below:
            after, before = [1 - share for share in after], [1 - share for share in before]
    else:
        grown = max(range(len(after)), key=lambda place: after[place] - before[place])
    psi = stability_index(day, reference)
    return Shift(key, psi, grown, below, before[grown], after[grown])


def sentence(day_shifts: Sequence[Shift], limit: float, like: str) -> str:
    """Return what moved from what to what; empty if no figure is above ``limit``.

    Args:
        day_shifts: as `shifts` returns them.
        like: what they are compared with, in words.
    """
    moved = [shift for shift in day_shifts if shift.psi > limit]
    if not moved:
        return ""
    first, *others = moved
    points = round(100 * (first.after - first.before))
    text = (
        f"{first.words[0].upper()}{first.words[1:]} were {wording.percent(first.after)} of all, "
        f"and {wording.percent(first.before)} in {like}: {points} points more."
    )
    if not others:
        return text
    names = listed([FIGURES[shift.figure].name for shift in others])
    return f"{text} {names[0].upper()}{names[1:]} moved too."
