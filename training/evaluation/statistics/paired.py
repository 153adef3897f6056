"""Two models on the same photos: how much one figure differs, and what chance could explain.

Photos of one product are not independent, so intervals draw whole products
(`training.evaluation.statistics.bootstrap`). The exact McNemar test on photos
says how likely such a difference is by chance (`scipy.stats.binomtest`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from training.evaluation.statistics.bootstrap import Floats, draw_products, middle

# Each end of a two-sided 90 % interval is a one-sided bound of 95 %.
LEVEL: Final = 0.90
BINS: Final = 15  # of confidence, as in `training.evaluation.curves`
# To leave out the products without such a photo costs a copy of the draws. It is worth that where
# fewer than this share of the products have one; the others add nothing.
FEW: Final = 0.25

Bools = NDArray[np.bool_]


class Draws:
    """Products drawn again and again, the same ones for every figure of one comparison."""

    def __init__(self, products: NDArray[Any]) -> None:
        self._product, drawn = draw_products(products)
        # Single precision: sums of photos stay exact, and every figure reads all of it.
        self._drawn = drawn.astype(np.float32)  # (draws, P)

    def bounds(
        self, columns: Sequence[NDArray[Any]], figure: Callable[..., Floats], measured: float
    ) -> tuple[float, float]:
        """Return one-sided 95 % bounds of a figure of sums.

        Args:
            columns: what is summed over photos, each (N,).
            figure: takes the sums of all draws, one (draws,) a column, and returns (draws,); nan
                where a draw has nothing to count.
            measured: the figure itself, returned where there are too few products to draw from.
        """
        summed = np.stack([self._by_product(column) for column in columns], axis=1)
        counted = summed.any(axis=1)
        if counted.sum() < 2:
            return measured, measured
        drawn, summed = self._drawn, summed.astype(np.float32)
        if counted.mean() < FEW:
            drawn, summed = drawn[:, counted], summed[counted]
        sums = (drawn @ summed).astype(np.float64)
        # A drawn set without any such photo says nothing; it is left out as not a number.
        with np.errstate(invalid="ignore"):
            interval = middle(figure(*sums.T), LEVEL)
        return (interval[0], interval[1]) if interval else (measured, measured)

    def _by_product(self, column: NDArray[Any]) -> Floats:
        count = self._drawn.shape[1]
        return np.bincount(self._product, weights=column, minlength=count).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Proportion:
    """One share over N photos: ``hits`` among ``of``, both bool (N,)."""

    hits: Bools
    of: Bools

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None where there is nothing to count."""
        return float(self.hits[self.of].mean()) if self.of.any() else None


@dataclass(frozen=True, slots=True)
class Difference:
    """Candidate minus champion of one figure.

    Attributes:
        champion, candidate: the figure of each, 0 to 1.
        low, high: each a one-sided 95 % bound of the difference; equal to the difference where
            there are too few products to draw from.
        lost, gained: photos that only the champion, or only the candidate, counts as a hit.
        p_value: two-sided, of the exact McNemar test; None where the photos counted differ.
    """

    champion: float
    candidate: float
    low: float
    high: float
    lost: int = 0
    gained: int = 0
    p_value: float | None = None

    @property
    def difference(self) -> float:
        return self.candidate - self.champion

    def worse_for_certain(self, *, lower_is_better: bool = False) -> bool:
        """Return whether chance does not explain the loss, one-sided at 5 %."""
        lost, gained = (self.gained, self.lost) if lower_is_better else (self.lost, self.gained)
        edge = -self.low if lower_is_better else self.high
        return edge < 0 or _one_sided(lost, gained) < 0.05

    def better_for_certain(self, *, lower_is_better: bool = False) -> bool:
        """Return whether chance does not explain the gain, by products and by photos alike."""
        edge = -self.high if lower_is_better else self.low
        lost, gained = (self.gained, self.lost) if lower_is_better else (self.lost, self.gained)
        return edge > 0 and (self.p_value is None or _one_sided(gained, lost) < 0.05)


def share_difference(
    champion: Proportion, candidate: Proportion, draws: Draws
) -> Difference | None:
    """Return how two shares differ; None where one of them has nothing to count."""
    before, after = champion.value, candidate.value
    if before is None or after is None:
        return None

    def difference(hits: Floats, of: Floats, hits_before: Floats, of_before: Floats) -> Floats:
        change: Floats = hits / of - hits_before / of_before
        return change

    columns = [
        candidate.hits & candidate.of,
        candidate.of,
        champion.hits & champion.of,
        champion.of,
    ]
    low, high = draws.bounds(columns, difference, after - before)
    same = bool((champion.of == candidate.of).all())
    lost = int((champion.hits & ~candidate.hits & champion.of & candidate.of).sum())
    gained = int((candidate.hits & ~champion.hits & champion.of & candidate.of).sum())
    return Difference(
        before, after, low, high, lost, gained, _two_sided(lost, gained) if same else None
    )


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a model was of N photos, float (N,) 0 to 1, and whether rightly, bool (N,)."""

    value: Floats
    right: Bools


def overconfidence_difference(
    champion: Confidence, candidate: Confidence, of: Bools, draws: Draws
) -> Difference | None:
    """Return how the models differ in promising more than they keep; None without photos.

    This is the half of the expected calibration error (Guo et al. 2017) whose bins have a mean
    confidence above their accuracy. The other half costs coverage, and is seen there.

    Args:
        champion, candidate: of all N photos.
        of: the photos that count, bool (N,).
        draws: of the products of all N photos.
    """
    if not of.any():
        return None

    def difference(*sums: Floats) -> Floats:
        *gap_sums, size = sums
        after = sum(np.maximum(total, 0) for total in gap_sums[:BINS])
        before = sum(np.maximum(total, 0) for total in gap_sums[BINS:])
        change: Floats = (after - before) / size
        return change

    def error(side: Sequence[Floats]) -> float:
        return float(sum(max(gap.sum(), 0.0) for gap in side) / of.sum())

    after, before = _gaps(candidate, of), _gaps(champion, of)
    measured = error(after) - error(before)
    low, high = draws.bounds([*after, *before, of], difference, measured)
    return Difference(error(before), error(after), low, high)


def _gaps(confidence: Confidence, of: Bools) -> list[Floats]:
    """Return for each bin of confidence every photo's confidence minus accuracy, (N,) each."""
    bins = np.minimum((confidence.value * BINS).astype(int), BINS - 1)
    gap = np.where(of, confidence.value - confidence.right, 0.0)
    return [np.where(bins == number, gap, 0.0) for number in range(BINS)]


def _one_sided(more: int, less: int) -> float:
    """Return the probability of at least ``more`` among ``more + less`` equally likely cases."""
    if more + less == 0:
        return 1.0
    return float(binomtest(more, more + less, alternative="greater").pvalue)


def _two_sided(lost: int, gained: int) -> float:
    return float(binomtest(gained, lost + gained).pvalue) if lost + gained else 1.0
