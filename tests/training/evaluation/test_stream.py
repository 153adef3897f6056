"""What becomes of 1,000 photos of the stream, everything counted."""

import numpy as np
import pytest

from classifier.decision import Decision, Outcome
from classifier.versions.stream import Mix, first_line
from tests.training.labelled import item, near, other
from training.evaluation.scoring import Truth, truth_of
from training.evaluation.stream import stream_figures


def decided(main: str | None = None, sub: str | None = None) -> Decision:
    """Return a decision that names this and nothing more."""
    outcome = Outcome.SUBCLASS if sub else Outcome.MAIN_CLASS if main else Outcome.UNKNOWN
    return Decision(outcome, main, sub, 0.9, 0.9, None)


TOTE, BAG, UNKNOWN = decided("Bags", "Tote Bags"), decided("Bags"), decided()
SHOE = decided("Shoes")


def photos(*counts: tuple[int, object, Decision]) -> tuple[list[Decision], Truth]:
    """Return decisions and truth of so many photos of each."""
    samples = [make() for count, make, _ in counts for _ in range(count)]  # type: ignore[operator]
    made = [decision for count, _, decision in counts for _ in range(count)]
    return made, truth_of(samples)


def test_each_kind_counts_by_its_share_of_the_stream() -> None:
    """Ten times as many others in the folder as in the stream change nothing."""
    made, truth = photos(
        (70, lambda: item("Tote Bags"), TOTE),
        (5, lambda: item("Clutches"), TOTE),
        (20, lambda: item("Tote Bags"), BAG),
        (1, lambda: item("Tote Bags"), SHOE),
        (4, lambda: item("Tote Bags"), UNKNOWN),
        (5, lambda: near("Bags"), TOTE),
        (10, lambda: near("Bags"), BAG),
        (5, lambda: near("Shoes"), BAG),
        (20, other, TOTE),
        (10, other, BAG),
        (470, other, UNKNOWN),
    )
    figures = stream_figures(made, truth, Mix())
    assert figures is not None
    counts = {name: figure["photos"] for name, figure in figures["per_1000"].items()}
    # Items 850, near 100, others 50; wrong: 51 items, 50 near photos, 3 others.
    assert counts == {
        "right_subclass": 595, "right_main_class": 220, "wrong": 104, "unknown": 81,
        "wrong_others": 3,
    }  # fmt: skip
    tags, wrong = 850 * 0.75 + 25 + 2, 850 * 0.05 + 25 + 2
    assert figures["wrong_tags"] == pytest.approx(wrong / tags)
    assert figures["tagged"] == pytest.approx(tags / 1000)
    for figure in figures["per_1000"].values():
        low, high = figure["interval"]
        assert low <= figure["photos"] <= high + 1
    assert "104 (" in first_line(figures)


def test_the_four_ends_always_add_up_to_a_thousand() -> None:
    """Thirds are rounded so that nobody is lost."""
    made, truth = photos(
        (1, lambda: item("Boots"), decided("Shoes", "Boots")),
        (1, lambda: item("Boots"), SHOE),
        (1, lambda: item("Boots"), UNKNOWN),
    )
    figures = stream_figures(made, truth, Mix(1, 0, 0))
    assert figures is not None
    ends = [figures["per_1000"][end]["photos"] for end in ("right_subclass", "right_main_class",
                                                        "wrong", "unknown")]  # fmt: skip
    assert sorted(ends) == [0, 333, 333, 334]


def test_without_a_kind_the_others_take_its_share_and_that_is_said() -> None:
    """A folder of items alone gives the figures of a stream of items, and names it so."""
    made, truth = photos((10, lambda: item("Tote Bags"), TOTE))
    figures = stream_figures(made, truth, Mix())
    assert figures is not None
    assert figures["mix"] == {"items": 1.0, "near": 0.0, "others": 0.0}
    assert first_line(figures).endswith("Mix: 100 % items.")


def test_without_items_there_is_no_such_figure() -> None:
    """Nothing can be said of a stream whose items nobody saw."""
    made, truth = photos((5, other, UNKNOWN))
    assert stream_figures(made, truth, Mix()) is None


def test_intervals_draw_products_not_photos() -> None:
    """Ten photos of each product that end alike tell as little as one."""
    made = [TOTE] * 80 + [UNKNOWN] * 20
    alone, together = (
        truth_of([item("Tote Bags", group=f"{size}-{number // size}") for number in range(100)])
        for size in (1, 10)
    )
    widths = []
    for truth in (alone, together):
        figures = stream_figures(made, truth, Mix())
        assert figures is not None
        widths.append(np.ptp(figures["per_1000"]["unknown"]["interval"]))
    assert widths[1] > 2 * widths[0]
