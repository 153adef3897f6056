"""What a shadow says of a candidate, and the rule that ends it."""

import itertools
import random
from dataclasses import replace
from datetime import date

import pytest

from classifier.shadow.figures import Answer, ComparedPhoto, by_day, compare
from classifier.shadow.rule import Limits, champion_cost, rule

LIMITS = Limits(wrong_tag=10, cost=0.05, recall=0.10, coverage=0.15, rejection=0.05)
BOOTS, FLATS = (Answer("subclass", "Shoes", sub) for sub in ("Boots", "Flats"))
SHOES, UNKNOWN = Answer("main_class", "Shoes", None), Answer("unknown", None, None)
IS_BOOTS, IS_OTHER = ("Shoes", "Boots"), (None, None)
DAY = date(2026, 3, 1)
ALIKE = ComparedPhoto(DAY, 0, BOOTS, BOOTS)
TOTE = Answer("subclass", "Bags", "Tote Bags")
BAGS = ComparedPhoto(DAY, 0, TOTE, TOTE)


LISTINGS = itertools.count(100)


def differing(
    count: int, champion: Answer, candidate: Answer, truth: tuple[str | None, str | None] | None
) -> list[ComparedPhoto]:
    """Reviewed photos on which both differ, each of a listing of its own."""
    return [
        ComparedPhoto(DAY, next(LISTINGS), champion, candidate, reviewed=True, truth=truth)
        for _ in range(count)
    ]


def test_the_cost_differs_by_the_photos_on_which_both_differ() -> None:
    """30 wrong tags less and 10 reviews more in 1,000 photos: 290 reviews fewer."""
    photos = [
        *[ALIKE] * 960,
        *differing(30, FLATS, BOOTS, IS_BOOTS),
        *differing(10, BOOTS, SHOES, IS_BOOTS),
    ]
    compared = compare(photos, wrong_tag=10)
    assert compared.agreement == pytest.approx(0.96)
    assert compared.cost is not None
    assert compared.cost.value == pytest.approx(-290)
    assert compared.cost.low < -290 < compared.cost.high < 0


def test_reviewed_ones_stand_for_those_that_wait() -> None:
    """Half of them are reviewed: the difference is twice what these cost, and less certain."""
    known = differing(20, FLATS, BOOTS, IS_BOOTS)
    waiting = [replace(one, reviewed=False, truth=None) for one in known]
    compared = compare([*[ALIKE] * 960, *known, *waiting], wrong_tag=10)
    assert compared.cost is not None
    assert compared.cost.value == pytest.approx(-400)
    assert compare([*[ALIKE] * 960, *waiting], wrong_tag=10).cost is None


def test_two_models_that_agree_cost_the_same() -> None:
    """Nothing differs, so nothing has to be reviewed to know it."""
    compared = compare([ALIKE] * 10, wrong_tag=10)
    assert compared.cost is not None
    assert (compared.cost.low, compared.cost.value, compared.cost.high) == (0, 0, 0)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Of 200 simulated shadows of equal models about one in twenty looks dearer for certain."""
    draw = random.Random(5)  # noqa: S311  # a simulation
    dearer = 0
    for _ in range(200):
        photos = [ALIKE] * 900
        for number in range(60):
            wins = draw.random() < 0.5
            pair = (FLATS, BOOTS) if wins else (BOOTS, FLATS)
            photos.append(
                ComparedPhoto(DAY, 100 + number // 2, *pair, reviewed=True, truth=IS_BOOTS)
            )
        cost = compare(photos, wrong_tag=10).cost
        dearer += cost is not None and cost.low > 0
    assert dearer <= 20


def test_a_better_candidate_is_promoted() -> None:
    """Thirty wrong tags put right: cheaper for certain, and no guard breaks."""
    ruling = rule([*[ALIKE] * 970, *differing(30, FLATS, BOOTS, IS_BOOTS)], LIMITS)
    assert ruling.promote
    assert ruling.summary == (
        "1,000 photos cost 300 reviews fewer. Chance does not explain that. The candidate alone is "
        "right on 30 photos, the champion alone on 0. No guard is broken."
    )


def test_what_is_no_better_is_dropped() -> None:
    """As many lost as won: a rise cannot be excluded, and nothing got better."""
    photos = [
        *[ALIKE] * 900,
        *differing(30, FLATS, BOOTS, IS_BOOTS),
        *differing(30, BOOTS, FLATS, IS_BOOTS),
    ]
    ruling = rule(photos, LIMITS)
    assert not ruling.promote
    assert "cannot be excluded" in ruling.summary


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        (differing(15, UNKNOWN, BOOTS, IS_OTHER), "rejection of others fell by 50.0 points"),
        (differing(15, BOOTS, FLATS, IS_BOOTS), "recall of Boots fell by 50.0 points"),
    ],
)
def test_a_lower_cost_does_not_pay_for_a_guard(lost: list[ComparedPhoto], why: str) -> None:
    """Let-in irrelevant photos and a lost subclass stop what is cheaper in all."""
    kind = lost[0].truth
    seen = [
        ComparedPhoto(DAY, 0, lost[0].champion, lost[0].champion, True, kind) for _ in range(15)
    ]
    photos = [*[BAGS] * 700, *seen, *lost, *differing(60, BOOTS, FLATS, ("Shoes", "Flats"))]
    ruling = rule(photos, LIMITS)
    assert not ruling.promote
    assert why in ruling.summary


def test_fewer_tags_have_a_limit() -> None:
    """A candidate that falls back on every fifth photo is dropped, whatever that saves."""
    photos = [*[ALIKE] * 80, *differing(20, BOOTS, SHOES, ("Bags", None))]
    assert "it tags 20.0 points fewer photos" in rule(photos, LIMITS).summary


def test_too_few_reviews_decide_nothing() -> None:
    """Nineteen are chance."""
    ruling = rule([*[ALIKE] * 981, *differing(19, FLATS, BOOTS, IS_BOOTS)], LIMITS)
    assert not ruling.promote
    assert "it takes 20" in ruling.summary


def test_the_champions_cost_counts_reviewed_photos_by_what_they_stand_for() -> None:
    """A sampled one of twenty stands for twenty; what nobody reviewed counts as free."""
    photos = [
        replace(ALIKE, reviewed=True, truth=("Shoes", "Flats"), weight=20.0),
        replace(ALIKE, reviewed=True, truth=IS_BOOTS, weight=60.0),
        replace(ALIKE, champion=SHOES, candidate=SHOES, truth=IS_BOOTS, weight=20.0),
        *[replace(ALIKE, weight=0.0)] * 97,
    ]
    assert champion_cost(photos, 10) == pytest.approx(1000 * (20 * 10 + 20) / 100)


def test_days_are_told_one_by_one_and_together() -> None:
    """The last one first, each with its own figures and those so far."""
    second = [replace(one, day=date(2026, 3, 2)) for one in [ALIKE, ALIKE]]
    (last, that_day, so_far), (first, *_) = by_day([ALIKE, *second], 10)
    assert (last, first) == (date(2026, 3, 2), DAY)
    assert (that_day.photos, so_far.photos) == (2, 3)
