"""The mix of the stream, and the line that counts everything."""

import pytest

from classifier.versions.stream import Mix, cost_of, end_of, first_line


def test_a_mix_is_read_from_per_cent() -> None:
    """85,10,5 is 85 % items, 10 % near photos, 5 % others; it is the default."""
    assert Mix.parse("85, 10,5") == Mix()
    assert Mix.parse("70,20,10").as_dict() == {"items": 0.7, "near": 0.2, "others": 0.1}


@pytest.mark.parametrize(
    "text", ["", "85", "85,10", "85,10,10", "a,b,c", "nan,10,5", "0,50,50", "110,-5,-5"]
)
def test_a_mix_that_makes_no_sense_is_refused(text: str) -> None:
    """It is three numbers that add up to 100, some of them items."""
    with pytest.raises(ValueError, match="mix"):
        Mix.parse(text)


def test_the_first_line_counts_everything() -> None:
    """Numbers, intervals, what is not ours among the wrong, and the mix."""
    stream = {
        "mix": Mix().as_dict(),
        "per_1000": {
            "right_subclass": {"photos": 688, "interval": [671.2, 704.4]},
            "right_main_class": {"photos": 150, "interval": [140, 160]},
            "wrong": {"photos": 22, "interval": [15, 30]},
            "wrong_others": {"photos": 3, "interval": None},
            "unknown": {"photos": 140, "interval": [130, 150]},
        },
    }
    assert first_line(stream) == (
        "Of 1,000 photos like these: 688 (671–704) tagged rightly with a subclass, 150 (140–160) "
        "with a main class, 22 (15–30) wrongly (3 of them things we do not take), 140 (130–150) to "
        "the moderators. Mix: 85 % items, 10 % near photos, 5 % others."
    )


@pytest.mark.parametrize(
    ("decision", "truth", "end", "cost"),
    [
        (("subclass", "Shoes", "Boots"), ("Shoes", "Boots"), "right_subclass", 0),
        (("subclass", "Shoes", "Boots"), ("Shoes", "Flats"), "wrong", 10),
        (("subclass", "Shoes", "Boots"), ("Shoes", None), "wrong", 10),
        (("subclass", "Shoes", "Boots"), (None, None), "wrong", 10),
        (("main_class", "Shoes", None), ("Shoes", "Boots"), "right_main_class", 1),
        (("main_class", "Shoes", None), ("Bags", None), "wrong", 10),
        (("main_class", "Shoes", None), (None, None), "wrong", 10),
        (("unknown", None, None), ("Shoes", "Boots"), "unknown", 1),
    ],
)
def test_every_decision_has_one_end_and_its_cost(
    decision: tuple[str, str | None, str | None],
    truth: tuple[str | None, str | None],
    end: str,
    cost: float,
) -> None:
    """Any wrong name is wrong: a subclass of a near photo, a name of what is none of ours."""
    assert end_of(*decision, *truth) == end
    assert cost_of(end, 10) == cost
