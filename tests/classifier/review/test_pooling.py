"""One decision for one listing, from the scores of its photos."""

import pytest

from classifier.decision import Decision, Outcome, Scores, Thresholds, decide
from classifier.review.pooling import contradicts, decide_listing, pool
from tests.scores import some_scores

SURE = some_scores("Shoes", 0.98, "Boots", 0.95)
UNSURE = some_scores("Shoes", 0.9, "Boots", 0.5)
OTHER_KIND = some_scores("Shoes", 0.98, "Flats", 0.95)
OTHER_MAIN = some_scores("Bags", 0.98, "Tote Bags", 0.95)
LABEL_CLOSE_UP = some_scores("Bags", 0.5, "Clutches", 0.3, 0.99)


def photos(*given: Scores) -> list[tuple[Scores, Decision]]:
    return [(scores, decide(scores, Thresholds())) for scores in given]


def test_one_photo_is_decided_as_ever() -> None:
    """A listing of one photo has that photo's decision and confidence."""
    decision = decide_listing(photos(SURE), Thresholds())
    assert (decision.main, decision.sub, decision.is_contradictory) == ("Shoes", "Boots", False)
    assert decision.confidence == pytest.approx(0.95)


def test_scores_are_the_mean_and_stay_shares() -> None:
    """Two photos that are equally little novel count the same; each head sums to one."""
    pooled = pool([SURE, UNSURE])
    assert pooled.sub["Boots"] == pytest.approx((0.95 + 0.5) / 2)
    assert sum(pooled.main.values()) == pytest.approx(1)
    assert sum(pooled.sub.values()) == pytest.approx(1)


def test_a_photo_of_the_label_says_little() -> None:
    """What looks like none of our goods hardly counts beside the piece itself."""
    decision = decide_listing(photos(SURE, LABEL_CLOSE_UP), Thresholds())
    assert (decision.outcome, decision.sub) == (Outcome.SUBCLASS, "Boots")


def test_only_photos_of_other_things_are_unknown() -> None:
    """A listing of nothing that we take is Unknown/Others."""
    decision = decide_listing(photos(LABEL_CLOSE_UP, LABEL_CLOSE_UP), Thresholds())
    assert (decision.outcome, decision.main) == (Outcome.UNKNOWN, None)


@pytest.mark.parametrize(
    ("given", "outcome", "main"),
    [
        ((SURE, OTHER_KIND, SURE), Outcome.MAIN_CLASS, "Shoes"),
        ((SURE, SURE, OTHER_MAIN), Outcome.UNKNOWN, None),
    ],
)
def test_photos_that_contradict_each_other_get_what_they_share(
    given: tuple[Scores, ...], outcome: Outcome, main: str | None
) -> None:
    """Two kinds of shoes are shoes; shoes and a bag are nothing in common."""
    decision = decide_listing(photos(*given), Thresholds())
    assert (decision.outcome, decision.main, decision.sub) == (outcome, main, None)
    assert decision.is_contradictory


def test_what_is_less_certain_contradicts_nothing() -> None:
    """A main class agrees with its subclasses, and no class with everything."""
    assert not contradicts([("Shoes", "Boots"), ("Shoes", None), (None, None)])
    assert contradicts([("Shoes", None), ("Bags", None)])


def test_a_listing_without_photos_has_no_decision() -> None:
    """The error says what was expected."""
    with pytest.raises(ValueError, match="at least one photo"):
        decide_listing([], Thresholds())
