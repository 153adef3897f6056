"""How often the tags in production are right, estimated from reviewed photos chosen by chance.

Reviewed photos are no fair picture of the stream: moderators see what the model is not sure of.
So each test photo counts as many times as photos of the stream it stands for: 1 / the chance with
which it came into the test set (Horvitz and Thompson 1952), over the sum of these (Hájek 1971).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

RESAMPLES: Final = 2000
FEWEST_DRAWN: Final = 10


def production_estimate(
    weights: Sequence[float], drawn: Sequence[bool], products: Sequence[str],
    outcomes: Mapping[str, Sequence[bool]],
) -> dict[str, Any]:  # fmt: skip
    """Return the weighted share of each outcome, JSON-ready, or a sentence why there is none.

    Args:
        weights: of each reviewed test photo; 0 leaves it out.
        drawn: whether it was drawn for the blind sample.
        products: its product.
        outcomes: by name, whether it happened to the photo.
    """
    weight = np.asarray(weights, dtype=float)
    counted = weight > 0
    sample = int((np.asarray(drawn, dtype=bool) & counted).sum())
    if sample < FEWEST_DRAWN:
        return {
            "why_not": f"{sample} reviewed test photos were drawn at random among those the model "
            f"was sure of; it takes {FEWEST_DRAWN} to say how often it is right in production."
        }
    _, place = np.unique(np.asarray(products)[counted], return_inverse=True)

    def by_product(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(place, weights=values[counted]).astype(np.float64)

    return {
        "photos": int(counted.sum()),
        "drawn": sample,
        # Kish's: how many equally weighted photos would say as much.
        "worth": float(weight.sum() ** 2 / (weight**2).sum()),
        "figures": {
            name: _share(by_product(weight * np.asarray(happened)), by_product(weight))
            for name, happened in outcomes.items()
        },
    }  # fmt: skip


def _share(hits: NDArray[np.float64], of: NDArray[np.float64]) -> dict[str, float]:
    value = float(hits.sum() / of.sum())
    if len(of) < 2:
        return {"value": value, "low": 0.0, "high": 1.0}
    drawn = bootstrap(
        (hits, of), lambda h, n, axis: h.sum(axis=axis) / n.sum(axis=axis), paired=True,
        vectorized=True, n_resamples=RESAMPLES, batch=200, method="percentile",
        confidence_level=0.95, rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    return {"value": value, "low": float(drawn.low), "high": float(drawn.high)}
