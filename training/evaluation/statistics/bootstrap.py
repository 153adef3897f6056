"""Bootstrap intervals that draw products, not photos: ten photos of one bag are one bag.

The percentile bootstrap (Efron and Tibshirani 1993) over clusters. Every interval of this program
comes from here; without torch, since the gate needs it too.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 2000
DRAWS_AT_ONCE: Final = 32  # so few are counted within the caches, in half of the time

Floats = NDArray[np.float64]
Counts = NDArray[np.int16]
Interval = list[float] | None


def draw_products(groups: NDArray[Any]) -> tuple[NDArray[np.intp], Counts]:
    """Return each photo's product as a number (N,), and how often each draw has each (draws, P)."""
    names, product = np.unique(groups, return_inverse=True)
    return product, draws_of(len(names))


@lru_cache(maxsize=3)
def draws_of(count: int) -> Counts:
    """Return how often each draw has each of ``count`` products (draws, count); always the same.

    Kept for the next figures, which mostly are of all products, of those with items, or of those
    that are tagged; nobody may write into it.
    """
    generator = np.random.default_rng(0)
    draws = np.empty((RESAMPLES, count), dtype=np.int16)
    for start in range(0, RESAMPLES, DRAWS_AT_ONCE):
        part = draws[start : start + DRAWS_AT_ONCE]
        chosen = generator.integers(count, size=part.shape)
        chosen += count * np.arange(len(part))[:, None]
        part[:] = np.bincount(chosen.ravel(), minlength=part.size).reshape(part.shape)
    draws.flags.writeable = False
    return draws


def middle(values: Floats, level: float = 0.95) -> Interval:
    """Return the middle of the draws; nan is a draw without a photo to count.

    Args:
        values: the figure of each draw (draws,).
        level: share of the draws that lie within, 0 to 1.
    """
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return [float(low), float(high)]


def sums_by_product(values: NDArray[Any], products: NDArray[Any]) -> Floats:
    """Return the sum over each product's photos (P,), products in one fixed order."""
    _, product = np.unique(products, return_inverse=True)
    return np.bincount(product, weights=values.astype(float)).astype(np.float64)


def interval_of_sums(
    columns: Sequence[Floats], figure: Callable[..., Floats], level: float = 0.95
) -> Interval:
    """Return the interval of a figure that is calculated from sums over photos.

    Args:
        columns: for each product, what is summed (P,), from `sums_by_product`.
        figure: takes the sums of all draws, one (draws,) a column, and returns (draws,); nan where
            a draw has nothing to count.
        level: share of the draws that lie within, 0 to 1.
    """
    sums = draws_of(len(columns[0])) @ np.stack(columns, axis=1)  # (draws, columns)
    return middle(figure(*sums.T), level)


def share_interval(values: NDArray[Any], groups: NDArray[Any]) -> Interval:
    """Return the interval of a mean; None where there are no values."""
    if not len(values):
        return None
    columns = [sums_by_product(values, groups), sums_by_product(np.ones(len(values)), groups)]
    return interval_of_sums(columns, lambda hits, of: hits / of)
