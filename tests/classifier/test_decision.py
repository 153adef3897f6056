"""The fallback rules."""

import math
from typing import Any

import pytest

from classifier.decision import Outcome, Reason, Scores, Thresholds, decide
from classifier.taxonomy import SUBCLASSES
from tests.scores import some_scores


@pytest.mark.parametrize(
    ("changes", "outcome", "main", "sub", "reason"),
    [
        ({}, Outcome.SUBCLASS, "Bags", "Tote Bags", None),
        ({"main_confidence": 0.69}, Outcome.UNKNOWN, None, None, Reason.MAIN_BELOW_THRESHOLD),
        ({"novelty": 0.71}, Outcome.UNKNOWN, None, None, Reason.OUT_OF_DISTRIBUTION),
        ({"sub": "Boots"}, Outcome.MAIN_CLASS, "Bags", None, Reason.SUB_OUTSIDE_MAIN),
        ({"sub_confidence": 0.69}, Outcome.MAIN_CLASS, "Bags", None, Reason.SUB_BELOW_THRESHOLD),
    ],
)
def test_each_rule_gives_its_outcome_and_reason(
    changes: dict[str, Any], outcome: Outcome, main: str | None, sub: str | None, reason: Reason
) -> None:
    """One rule broken at a time leads to that rule's outcome and names its reason."""
    decision = decide(some_scores(**changes), Thresholds())
    assert (decision.outcome, decision.main, decision.sub, decision.reason) == (
        outcome, main, sub, reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"main_confidence": 0.5, "novelty": 0.9}, Reason.MAIN_BELOW_THRESHOLD),
        ({"novelty": 0.9, "sub": "Boots"}, Reason.OUT_OF_DISTRIBUTION),
        ({"sub": "Boots", "sub_confidence": 0.5}, Reason.SUB_OUTSIDE_MAIN),
    ],
)
def test_the_first_rule_that_is_broken_speaks(changes: dict[str, Any], reason: Reason) -> None:
    """Where two rules are broken the reason is the earlier rule's."""
    assert decide(some_scores(**changes), Thresholds()).reason is reason


def test_a_confidence_at_its_threshold_is_enough() -> None:
    """Exactly 0.7 passes where 0.7 is asked for, on both levels and for novelty."""
    scores = some_scores(main_confidence=0.7, sub_confidence=0.7, novelty=0.7)
    assert decide(scores, Thresholds()).outcome is Outcome.SUBCLASS


def test_every_class_has_a_threshold_of_its_own() -> None:
    """A strict threshold for one subclass concerns that subclass alone."""
    strict = Thresholds(sub={label: 0.95 if label == "Clutches" else 0.5 for label in SUBCLASSES})
    assert decide(some_scores(sub="Clutches"), strict).outcome is Outcome.MAIN_CLASS
    assert decide(some_scores(sub="Tote Bags"), strict).outcome is Outcome.SUBCLASS


def test_a_reviewer_sees_how_close_it_was() -> None:
    """Also a photo that fell back keeps the confidences of its best classes."""
    decision = decide(some_scores(main_confidence=0.6, sub_confidence=0.4), Thresholds())
    assert (decision.main_confidence, decision.sub_confidence) == (0.6, 0.4)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_scores_that_are_no_probabilities_are_refused(value: float) -> None:
    """Nonsense from a network is refused, with a sentence that names the value."""
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        some_scores(novelty=value)
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        Thresholds(novelty=value)


def test_scores_name_every_class() -> None:
    """Scores without one of the classes, or of none at all, are refused."""
    with pytest.raises(ValueError, match="must name exactly Clothing, Shoes, Bags"):
        Scores(main={"Bags": 1.0}, sub=some_scores().sub, novelty=0)
    with pytest.raises(ValueError, match="names nothing"):
        Thresholds(sub={})
