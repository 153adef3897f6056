"""Every figure that the gate compares, of both models on the same photos."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from training.evaluation.paired import (
    Confidence,
    Difference,
    Proportion,
    overconfidence_difference,
    share_difference,
)
from training.evaluation.truth import Truth

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Level = Literal["main", "sub"]


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


class PairedFigures:
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
