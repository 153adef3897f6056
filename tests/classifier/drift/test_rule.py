"""The rule on counts: what moves is named with its shares; chance is no drift."""

import random
from collections.abc import Iterable

import pytest

from classifier.decision import Thresholds, decide
from classifier.drift.figures import FIGURES, Counts, MeasuredPhoto, add, count
from classifier.drift.rule import sentence, shifts, stability_index
from classifier.taxonomy import SUBCLASSES
from tests.tagged_photos import scores_for

LIMIT = 0.25
LIKE = "the days before"


def photo(
    sub: str = "Boots", main: float = 0.98, novelty: float = 0.02, **more: float
) -> MeasuredPhoto:
    made = decide(scores_for(sub, main=main, novelty=novelty), Thresholds())
    return MeasuredPhoto(
        made.outcome, made.main, made.sub, made.main_confidence, novelty,
        more.get("brightness", 0.6), int(more.get("long_side", 1600)),
    )  # fmt: skip


def counted(photos: Iterable[MeasuredPhoto]) -> Counts:
    return count((one, 1.0) for one in photos)


def moved(day: Counts, reference: Counts, least: int = 200) -> str:
    return sentence(shifts(day, reference, least), LIMIT, LIKE)


def test_the_index_is_the_sum_of_the_formula() -> None:
    """By hand: (0.5 - 0.7) ln(0.5/0.7) + (0.5 - 0.3) ln(0.5/0.3) = 0.1695."""
    many = 1e7
    assert stability_index([0.5 * many, 0.5 * many], [0.7 * many, 0.3 * many]) == pytest.approx(
        0.1695, abs=1e-4
    )
    assert stability_index([3, 4, 0], [3, 4, 0]) == 0


def test_an_empty_bin_is_rare_and_not_impossible() -> None:
    """A single photo where there was none before is no drift."""
    assert 0 < stability_index([299, 1], [1000, 0]) < 0.05


def test_darker_photos_are_named_with_the_edge_and_both_shares() -> None:
    """Half of the day is dark, where one in fifty was."""
    before = [photo(brightness=0.15 if n % 50 == 0 else 0.65) for n in range(1000)]
    day = [photo(brightness=0.15 if n % 2 else 0.65) for n in range(300)]
    assert moved(counted(day), counted(before)) == (
        "Photos with a brightness below 0.2 were 50 % of all, and 2 % in the days before: "
        "48 points more."
    )


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"brightness": 0.95}, "Photos with a brightness of 0.9 and more"),
        ({"long_side": 500}, "Photos with a long side below 640 pixels"),
        ({"long_side": 1999}, "Photos with a long side of 1920 pixels and more"),
        ({"novelty": 0.4}, "Photos with novelty of 0.3 and more"),
        ({"main": 0.85}, "Photos with a confidence below 0.9"),
        ({"sub": "Tote Bags"}, "“Bags › Tote Bags”"),
        ({"main": 0.6}, "Unknown/Others"),
    ],
)
def test_each_figure_has_its_words(other: dict[str, float], words: str) -> None:
    """Two thirds of the day are other photos, of which the reference has none."""
    before = counted(photo() for _ in range(1000))
    day = counted(photo(**(other if n % 3 else {})) for n in range(300))  # type: ignore[arg-type]  # by the test's table
    texts = [shift.words for shift in shifts(day, before, 200) if shift.psi > LIMIT]
    assert any(text[0].upper() + text[1:] == words for text in texts), texts


def test_other_figures_that_moved_are_named_too() -> None:
    """Unknown photos move the outcome, the classes and the confidence."""
    before = counted(photo() for _ in range(1000))
    text = moved(counted(photo(main=0.6 if n % 2 else 0.98) for n in range(300)), before)
    assert text.endswith(" moved too.")
    assert "50 points more" in text


def test_days_of_one_stream_have_not_drifted() -> None:
    """A hundred days of 200 photos each, drawn at random, and their reference of 500."""
    draw = random.Random(7)  # noqa: S311  # photos of a test, not secrets

    def some(number: int) -> Counts:
        return counted(
            photo(
                draw.choice(SUBCLASSES), min(0.999, draw.betavariate(12, 1) * 0.7 + 0.3),
                draw.betavariate(1, 12), brightness=draw.betavariate(5, 4),
                long_side=draw.choice((700, 1100, 1400, 2000)),
            )
            for _ in range(number)
        )  # fmt: skip

    reference = some(500)
    assert [text for _ in range(100) if (text := moved(some(200), reference))] == []


def test_too_few_photos_are_not_compared() -> None:
    """Whatever they show, and on whichever side they are few."""
    dark, light = ([photo(brightness=value) for _ in range(199)] for value in (0.1, 0.9))
    assert shifts(counted(dark), counted(light * 3), 200) == []
    assert shifts(counted(dark * 3), counted(light), 200) == []


def test_a_figure_that_was_not_measured_is_left_out() -> None:
    """Photos of before the measuring have no brightness; the rest is compared."""
    old = MeasuredPhoto("subclass", "Shoes", "Boots", 0.98, 0.02)
    compared = {shift.figure for shift in shifts(counted([old] * 300), counted([old] * 300), 200)}
    assert compared == set(FIGURES) - {"brightness", "size"}


def test_days_add_up() -> None:
    """Two days together are the counts of all their photos."""
    first, second = [photo()] * 3, [photo("Flats", brightness=0.2)] * 4
    assert add([counted(first), counted(second)]) == counted(first + second)
