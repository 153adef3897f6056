"""The gate of release 1.0, which counted items alone, to compare the present one with.

Its margins and rules as they were; only the verdict, no sentences. Random draws of products are
those of the present gate.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from classifier.taxonomy import SUBCLASSES
from training.evaluation.statistics.paired import Difference
from training.evaluation.truth import Truth
from training.gate.answers import Answers
from training.gate.paired_figures import PairedFigures

OVERALL: Final = 0.015  # a loss of overall accuracy above this had to be excluded
FEWEST_OF_A_SUBCLASS, FEWEST_OTHERS = 5, 10
NO_LOSS: Final = 2  # photos


class Margin(NamedTuple):
    """How much worse a figure might become, and how much if chance does not explain it."""

    at_most: float
    if_certain: float


MAIN, SUBCLASS, COVERAGE = Margin(0.01, 0.0), Margin(0.10, 0.03), Margin(0.05, 0.02)
WRONG_TAGS, NEAR, REJECTION = Margin(0.02, 0.005), Margin(0.10, 0.03), Margin(0.04, 0.01)
CALIBRATION: Final = Margin(0.03, 0.01)


def promotes(photos: Truth, champion: Answers, candidate: Answers) -> bool:
    """Return whether the gate of 1.0 would have promoted the candidate."""
    figures = PairedFigures(photos, champion, candidate)
    overall = figures.share(figures.overall)
    if overall is None or overall.low < -OVERALL or not _all_can_be_compared(photos):
        return False
    return all(_holds(*guard) for guard in _guards(figures)) and any(_gains(figures))


def _all_can_be_compared(photos: Truth) -> bool:
    counts = [int((photos.sub == sub).sum()) for sub in range(len(SUBCLASSES))]
    return min(counts) >= FEWEST_OF_A_SUBCLASS and int(photos.others.sum()) >= FEWEST_OTHERS


def _guards(figures: PairedFigures) -> Iterator[tuple[Difference | None, Margin, bool]]:
    """Yield each guarded figure, its margin, and whether lower is better."""
    yield figures.share(figures.main), MAIN, False
    for sub in range(len(SUBCLASSES)):
        yield figures.share(figures.recall(sub)), SUBCLASS, False
    yield figures.share(figures.coverage), COVERAGE, False
    yield figures.share(figures.wrong_tags), WRONG_TAGS, True
    yield figures.share(figures.near_tagged), NEAR, True
    yield figures.share(figures.rejection), REJECTION, False
    yield figures.overconfidence("main"), CALIBRATION, True
    yield figures.overconfidence("sub"), CALIBRATION, True


def _holds(difference: Difference | None, margin: Margin, lower_is_better: bool) -> bool:
    if difference is None:
        return False
    worse_by = difference.difference if lower_is_better else -difference.difference
    certain = difference.worse_for_certain(lower_is_better=lower_is_better)
    if certain and worse_by > margin.if_certain:
        return False
    counted = difference.p_value is not None
    within_noise = counted and abs(difference.lost - difference.gained) <= NO_LOSS
    return worse_by <= margin.at_most or within_noise


def _gains(figures: PairedFigures) -> Iterator[bool]:
    for share, lower_is_better in (
        (figures.overall, False), (figures.main, False), (figures.coverage, False),
        (figures.wrong_tags, True), (figures.near_tagged, True), (figures.rejection, False),
    ):  # fmt: skip
        difference = figures.share(share)
        yield difference is not None and difference.better_for_certain(
            lower_is_better=lower_is_better
        )
