"""Bounds of the share of wrong tags."""

import numpy as np
import pytest
from scipy.stats import binom, poisson

from classifier.versions.stream import Mix
from training.calibration.risk import (
    Photos,
    design_effect,
    lower_bound,
    risk_bound,
    weighted_upper_bound,
    wrong_tag_rate,
)


def photos(kind: list[int], right: list[int]) -> Photos:
    """Return photos of one product each."""
    return Photos(np.array(kind), np.array(right, dtype=bool), np.arange(len(kind)))


@pytest.mark.parametrize(("hits", "count"), [(3, 100), (40, 60)])
def test_a_lower_bound_is_where_the_binomial_tail_is_alpha(hits: int, count: int) -> None:
    """At the bound, so many hits have the probability alpha."""
    assert binom.sf(hits - 1, count, lower_bound(hits, count, 0.05)) == pytest.approx(0.05)


@pytest.mark.parametrize("hits", [0, 3, 40])
def test_one_rate_has_the_exact_poisson_bound(hits: int) -> None:
    """At the bound, so few hits have the probability alpha."""
    bound = weighted_upper_bound(np.array([hits]), np.array([1000]), np.array([1.0]), 0.05)
    assert poisson.cdf(hits, 1000 * bound) == pytest.approx(0.05)


def test_a_weighted_sum_is_below_its_bound_as_often_as_it_says() -> None:
    """Three rare rates, unequal weights: the bound is missed in less than alpha of the draws."""
    draw = np.random.default_rng(0)
    rates, counts = np.array([0.01, 0.05, 0.004]), np.array([800, 300, 1500])
    shares = np.array([0.85, 0.10, 0.05])
    missed = [
        weighted_upper_bound(draw.binomial(counts, rates).astype(float), counts, shares, 0.1)
        < shares @ rates
        for _ in range(4000)
    ]
    assert 0.05 < np.mean(missed) <= 0.1


def test_without_photos_nothing_is_known() -> None:
    """No photo bounds a rate by 0 and 1."""
    none = np.zeros(1)
    assert lower_bound(0, 0, 0.05) == 0
    assert weighted_upper_bound(none, none, np.ones(1), 0.05) == 1


def test_copies_of_a_photo_count_once() -> None:
    """Four photos of each product that always agree have a design effect of 4."""
    hits = np.repeat(np.random.default_rng(0).random(500) < 0.3, 4)
    product = np.repeat(np.arange(500), 4)
    assert design_effect(hits, product) == pytest.approx(4, rel=0.05)
    assert design_effect(np.zeros(2000, dtype=bool), product) == 4
    assert design_effect(hits, np.arange(2000)) == pytest.approx(1, abs=0.01)


def test_kinds_count_by_their_share_of_the_stream() -> None:
    """Of few items and many others, wrong tags weigh as in the stream, not as in the folder."""
    result = photos([0] * 10 + [1] * 10 + [2] * 100, [1] * 9 + [0] + [0] * 110)
    tagged = np.array([True] * 10 + [True] * 2 + [False] * 8 + [True] * 10 + [False] * 90)
    # 850 items: 85 wrong. 100 near photos: 20 tagged. 50 others: 5 tagged.
    assert wrong_tag_rate(result, tagged, Mix()) == pytest.approx(110 / 875)
    assert wrong_tag_rate(result, tagged & (result.kind == 3), Mix()) is None


def test_the_bound_lies_above_what_was_found_and_nears_it() -> None:
    """More photos of the same kind bring the bound down to the share that was found."""
    bounds = []
    for times in (1, 10, 100):
        result = photos([0] * 90 * times + [1] * 10 * times, ([1] * 88 + [0] * 12) * times)
        tagged = np.array(([True] * 90 + [False] * 10) * times)
        bounds.append(risk_bound(result, tagged, Mix(0.9, 0.1, 0.0), 0.1))
    assert bounds[0] > bounds[1] > bounds[2] > 2 / 90
    assert bounds[2] == pytest.approx(2 / 90, abs=0.01)


def test_a_kind_without_photos_bounds_nothing() -> None:
    """Where the stream has others and the photos have none, only 1 is safe."""
    result = photos([0] * 100 + [1] * 100, [1] * 100 + [0] * 100)
    tagged = result.kind == 0
    assert risk_bound(result, tagged, Mix(), 0.1) > 0.05
