"""The estimate for production: weights of the blind sample, and honest intervals."""

import numpy as np
import pytest

from training.gate.production_estimate import NoEstimateError, production_estimate


def test_the_estimate_weighs_each_photo_by_what_it_stands_for() -> None:
    """Sampled confident photos that are right outweigh many unsure ones that are wrong."""
    right = [True] * 20 + [False] * 60
    estimate = production_estimate(
        [50.0] * 20 + [1 / 0.15] * 60,
        [True] * 20 + [False] * 60,
        [f"listing {number}" for number in range(80)],
        {"right": right},
    )
    share = estimate.shares["right"]
    assert share.value == pytest.approx(1000 / 1400)
    low, high = share.interval
    assert low < share.value < high
    assert estimate.effective_photos < 80


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Over 100 simulated streams, about 95 of the intervals hold the true share."""
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(100):
        sure = rng.random(4000) < 0.8
        right = rng.random(4000) < np.where(sure, 0.97, 0.6)
        share = np.where(sure, 0.05, 0.15)
        seen = rng.random(4000) < share
        estimate = production_estimate(
            (1 / share[seen]).tolist(),
            sure[seen].tolist(),
            [str(number) for number in np.flatnonzero(seen)],
            {"right": right[seen].tolist()},
        )
        low, high = estimate.shares["right"].interval
        hits += low <= right.mean() <= high
    assert 88 <= hits <= 100


def test_without_the_sample_nothing_is_claimed() -> None:
    """Reviews of unsure photos alone say nothing of production, and the sentence says so."""
    with pytest.raises(NoEstimateError, match=r"^0 reviewed test photos were drawn"):
        production_estimate([6.7] * 40, [False] * 40, ["p"] * 40, {"right": [True] * 40})
