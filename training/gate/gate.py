"""The gate: whether a candidate may replace the champion, and why or why not.

Pure: labels and both models' answers on the same test photos go in, a verdict with its reasons
comes out. A candidate is promoted when it breaks no *must* and reaches at least one *gain*.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from classifier.taxonomy import SUBCLASSES
from classifier.versions.gate_report import Criterion, GateReport, Kind
from training.evaluation.paired import (
    Confidence,
    Difference,
    Proportion,
    overconfidence_difference,
    share_difference,
)
from training.evaluation.truth import Truth
from training.gate.words import (
    gain_sentence,
    guard_sentence,
    missing_sentence,
    moved,
    not_excluded,
    not_inferior_sentence,
    points,
    summary_sentence,
)

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

FEWEST_OF_A_SUBCLASS: Final = 5  # test photos: with fewer, no loss could be seen
FEWEST_OTHERS: Final = 10
NO_LOSS: Final = 2  # photos
Level = Literal["main", "sub"]
LEVELS: Final[tuple[tuple[Level, str], ...]] = (("main", "main classes"), ("sub", "subclasses"))


@dataclass(frozen=True, slots=True)
class Answers:
    """One model's answers for the same N photos.

    Attributes:
        main, sub: index of the best class, before any decision rule.
        main_confidence, sub_confidence: its probability, 0 to 1.
        tag: index of the subclass that the decision names; -1 where it names none.
        unknown: whether the decision is unknown.
    """

    main: Ints
    sub: Ints
    main_confidence: Floats
    sub_confidence: Floats
    tag: Ints
    unknown: Bools


@dataclass(frozen=True, slots=True)
class Margin:
    """How much worse a figure may become.

    Attributes:
        at_most: a loss beyond this blocks, whether proven or not.
        if_certain: a loss beyond this blocks once chance does not explain it.
    """

    at_most: float
    if_certain: float


@dataclass(frozen=True, slots=True)
class Margins:
    """The stated margins; all are differences of shares. docs/retraining.md says what they catch.

    ``overall`` must be excluded: the one-sided 95 % bound of the difference lies above its
    negative. The rest are blocked by losses as `Margin` says.
    """

    overall: float = 0.015
    main: Margin = Margin(0.01, 0.0)
    subclass: Margin = Margin(0.10, 0.03)
    coverage: Margin = Margin(0.05, 0.02)
    wrong_tags: Margin = Margin(0.02, 0.005)
    near: Margin = Margin(0.10, 0.03)
    rejection: Margin = Margin(0.04, 0.01)
    calibration: Margin = Margin(0.03, 0.01)


def compare(
    photos: Truth, champion: Answers, candidate: Answers, margins: Margins | None = None
) -> GateReport:
    """Return the gate's verdict on a candidate.

    Args:
        photos: the labels of the test photos.
        champion, candidate: what each model says of them, in the same order.
        margins: other margins than the stated ones.
    """
    figures = _Figures(photos, champion, candidate)
    musts, gains = tuple(_musts(figures, margins or Margins())), tuple(_gains(figures))
    promote = all(must.passed for must in musts) and any(gain.passed for gain in gains)
    return GateReport(promote, summary_sentence((*musts, *gains)), (*musts, *gains))


class _Figures:
    """Every figure of both models on the same photos."""

    def __init__(self, photos: Truth, champion: Answers, candidate: Answers) -> None:
        self.photos, self._champion, self._candidate = photos, champion, candidate

    def share(self, share_of: Callable[[Answers], Proportion]) -> Difference | None:
        return share_difference(
            share_of(self._champion), share_of(self._candidate), self.photos.groups
        )

    def overall(self, answers: Answers) -> Proportion:
        right = (answers.main == self.photos.main) & (answers.sub == self.photos.sub)
        return Proportion(right, self.photos.items)

    def main(self, answers: Answers) -> Proportion:
        return Proportion(answers.main == self.photos.main, self.photos.items)

    def recall(self, sub: int) -> Callable[[Answers], Proportion]:
        return lambda answers: Proportion(answers.sub == sub, self.photos.sub == sub)

    def coverage(self, answers: Answers) -> Proportion:
        return Proportion(answers.tag >= 0, self.photos.items)

    def wrong_tags(self, answers: Answers) -> Proportion:
        tagged = self.photos.items & (answers.tag >= 0)
        return Proportion(answers.tag != self.photos.sub, tagged)

    def near_tagged(self, answers: Answers) -> Proportion:
        return Proportion(answers.tag >= 0, self.photos.near)

    def rejection(self, answers: Answers) -> Proportion:
        return Proportion(answers.unknown, self.photos.others)

    def overconfidence(self, level: Level) -> Difference | None:
        # Near photos count: whatever subclass is named for one is wrong.
        ours = self.photos.main >= 0

        def confidence(answers: Answers) -> Confidence:
            best, truth = getattr(answers, level), getattr(self.photos, level)
            value = getattr(answers, f"{level}_confidence")
            return Confidence(value[ours], best[ours] == truth[ours])

        return overconfidence_difference(
            confidence(self._champion), confidence(self._candidate), self.photos.groups[ours]
        )


def _musts(figures: _Figures, margins: Margins) -> Iterator[Criterion]:
    yield _not_inferior("overall accuracy", figures.share(figures.overall), margins.overall)
    yield _guarded("main accuracy", figures.share(figures.main), margins.main)
    for index, name in enumerate(SUBCLASSES):
        count = int((figures.photos.sub == index).sum())
        if count < FEWEST_OF_A_SUBCLASS:
            yield _missing(f"recall of {name}", count, FEWEST_OF_A_SUBCLASS)
        else:
            recall = figures.share(figures.recall(index))
            yield _guarded(f"recall of {name}", recall, margins.subclass, photos=count)
    yield _guarded("coverage", figures.share(figures.coverage), margins.coverage)
    wrong_tags = figures.share(figures.wrong_tags)
    yield _guarded("wrong tags", wrong_tags, margins.wrong_tags, lower_is_better=True)
    if figures.photos.near.any():
        near_tagged = figures.share(figures.near_tagged)
        yield _guarded("near photos tagged", near_tagged, margins.near, lower_is_better=True)
    others = int(figures.photos.others.sum())
    if others < FEWEST_OTHERS:
        yield _missing("rejection of others", others, FEWEST_OTHERS)
    else:
        yield _guarded("rejection of others", figures.share(figures.rejection), margins.rejection)
    for level, classes in LEVELS:
        name = f"overconfidence in {classes}"
        yield _guarded(
            name, figures.overconfidence(level), margins.calibration, lower_is_better=True
        )


def _gains(figures: _Figures) -> Iterator[Criterion]:
    yield _better("overall accuracy", figures.share(figures.overall))
    yield _better("main accuracy", figures.share(figures.main))
    yield _better("coverage", figures.share(figures.coverage))
    yield _better("wrong tags", figures.share(figures.wrong_tags), lower_is_better=True)
    yield _better("near photos tagged", figures.share(figures.near_tagged), lower_is_better=True)
    yield _better("rejection of others", figures.share(figures.rejection))


def _not_inferior(name: str, difference: Difference | None, margin: float) -> Criterion:
    if difference is None:
        return _missing(name, 0, 1)
    passed = difference.low >= -margin
    return _criterion(
        name,
        difference,
        passed=passed,
        bound=f"a loss above {points(margin)} can be excluded",
        sentence=not_inferior_sentence(name, difference, passed=passed, margin=margin),
        reason="" if passed else not_excluded(name, difference),
    )


def _guarded(
    name: str,
    difference: Difference | None,
    margin: Margin,
    *,
    lower_is_better: bool = False,
    photos: int | None = None,
) -> Criterion:
    if difference is None:
        return _missing(name, 0, 1)
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


def _better(
    name: str, difference: Difference | None, *, lower_is_better: bool = False
) -> Criterion:
    if difference is None:
        return _missing(name, 0, 1, kind="gain")
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


def _missing(name: str, count: int, fewest: int, kind: Kind = "must") -> Criterion:
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
