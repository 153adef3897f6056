"""Every figure that the gate compares, of both models on the same photos."""

from collections.abc import Callable
from typing import Literal

from training.evaluation.statistics.paired import (
    Confidence,
    Difference,
    Draws,
    Proportion,
    overconfidence_difference,
    share_difference,
)
from training.evaluation.truth import Truth
from training.gate.answers import Answers
from training.gate.cost import cost_difference, costs, with_no_more_tags
from training.gate.rules import GateRules

Level = Literal["main", "sub"]


class PairedFigures:
    """Every figure of both models on the same photos."""

    def __init__(self, photos: Truth, champion: Answers, candidate: Answers) -> None:
        self.photos, self._champion, self._candidate = photos, champion, candidate
        self._draws = Draws(photos.groups)

    def share(self, share_of: Callable[[Answers], Proportion]) -> Difference | None:
        return share_difference(share_of(self._champion), share_of(self._candidate), self._draws)

    def cost(self, rules: GateRules, *, same_tags: bool = False) -> Difference | None:
        """Return how the reviews per 1,000 photos of the stream differ; None without items.

        Args:
            same_tags: compare with a champion that gives no more tags than the candidate.
        """
        before = costs(self.photos, self._champion, rules.wrong_tag)
        after = costs(self.photos, self._candidate, rules.wrong_tag)
        if same_tags:
            before = with_no_more_tags(self._champion, before, self._candidate)
        return cost_difference(self.photos, before, after, rules.mix, self._draws)

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
            return Confidence(value, best == truth)

        return overconfidence_difference(
            confidence(self._champion), confidence(self._candidate), ours, self._draws
        )
