"""How often the tags in production are right, estimated from reviewed photos of the blind sample.

Reviewed photos are no fair picture of the stream: moderators see what the model is not sure of.
So each test photo counts as many times as photos of the stream it stands for: 1 / the probability
with which it came into the test set (Horvitz and Thompson 1952), over the sum of these (Hájek
1971).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.evaluation.statistics.bootstrap import interval_of_sums, sums_by_product

FEWEST_SAMPLED: Final = 10


class NoEstimateError(Exception):
    """The reviewed photos cannot tell how good the tags in production are; the message says why."""


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """A share of the stream's photos, 0 to 1, and its 95 % interval over products."""

    value: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ProductionEstimate:
    """Shares of the stream, estimated from weighted test photos.

    Attributes:
        photos: reviewed test photos that count.
        sampled: how many of these are of the blind sample.
        effective_photos: how many equally weighted photos would say as much (Kish 1965).
        shares: of each outcome, by name.
    """

    photos: int
    sampled: int
    effective_photos: float
    shares: Mapping[str, WeightedShare]


def production_estimate(
    weights: Sequence[float],
    sampled: Sequence[bool],
    products: Sequence[str],
    outcomes: Mapping[str, Sequence[bool]],
) -> ProductionEstimate:
    """Return the weighted share of each outcome.

    Args:
        weights: of each reviewed test photo; 0 leaves it out.
        sampled: whether it is of the blind sample.
        products: its product.
        outcomes: by name, whether it happened to the photo.

    Raises:
        NoEstimateError: if too few photos are of the blind sample.
    """
    weight = np.asarray(weights, dtype=float)
    counted = weight > 0
    in_sample = int((np.asarray(sampled, dtype=bool) & counted).sum())
    if in_sample < FEWEST_SAMPLED:
        raise NoEstimateError(
            f"{in_sample} reviewed test photos were drawn at random among those the model was sure "
            f"of; it takes {FEWEST_SAMPLED} to say how often it is right in production."
        )
    names = np.asarray(products)[counted]

    def by_product(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return sums_by_product(values[counted], names)

    return ProductionEstimate(
        photos=int(counted.sum()),
        sampled=in_sample,
        effective_photos=float(weight.sum() ** 2 / (weight**2).sum()),
        shares={
            name: _share(by_product(weight * np.asarray(happened)), by_product(weight))
            for name, happened in outcomes.items()
        },
    )


def _share(hits: NDArray[np.float64], of: NDArray[np.float64]) -> WeightedShare:
    value = float(hits.sum() / of.sum())
    bounds = interval_of_sums((hits, of), lambda h, n: h / n) if len(of) > 1 else None
    low, high = bounds or (0.0, 1.0)
    return WeightedShare(value, (low, high))
