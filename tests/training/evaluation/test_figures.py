"""Figures of an evaluation, checked by hand on scores made by hand."""

import json
from pathlib import Path

import pytest

from classifier.decision import Thresholds
from classifier.ml.manifest import read_manifest
from classifier.taxonomy import MAIN_OF, SUBCLASSES
from tests.scores import some_scores
from tests.training.labelled import item, near, other
from training.evaluation.figures import evaluate
from training.evaluation.named_figures import ESTIMATES, Figures
from training.evaluation.scoring import Probabilities, Truth, truth_of

# Truth, then what the network says of it: main, subclass, how sure of each, novelty.
PHOTOS = [
    (item("Tote Bags"), ("Bags", 0.9, "Tote Bags", 0.9, 0.1)),  # right tag
    (item("Tote Bags"), ("Bags", 0.9, "Clutches", 0.9, 0.1)),  # wrong tag
    (item("Boots"), ("Shoes", 0.9, "Boots", 0.6, 0.1)),  # falls back to the main class
    (item("Skirts"), ("Bags", 0.6, "Skirts", 0.9, 0.1)),  # main wrong, and unsure: unknown
    (near("Shoes"), ("Shoes", 0.9, "Boots", 0.9, 0.2)),  # tagged, though no subclass is right
    (other(), ("Shoes", 0.9, "Boots", 0.9, 0.8)),  # rejected as novel
    (other(), ("Bags", 0.9, "Boots", 0.9, 0.15)),  # slips through with a main class
]


@pytest.fixture
def scores() -> Probabilities:
    return Probabilities.of(
        [
            some_scores(main, main_confidence, sub, sub_confidence, novelty)
            for _, (main, main_confidence, sub, sub_confidence, novelty) in PHOTOS
        ]
    )


@pytest.fixture
def truth() -> Truth:
    return truth_of([sample for sample, _ in PHOTOS])


def test_accuracies_are_counted_before_the_rules(scores: Probabilities, truth: Truth) -> None:
    """Each accuracy counts the items it says: all, those with the right main class, or both."""
    figures = evaluate(scores, truth, Thresholds()).as_dict()
    assert figures["photos"] == {"items": 4, "near": 1, "others": 2}
    assert figures["main_accuracy"] == 3 / 4
    assert figures["sub_accuracy"] == 3 / 4
    assert figures["sub_accuracy_where_main_right"] == pytest.approx(2 / 3)
    assert figures["overall_accuracy"] == 2 / 4
    assert figures["near_main_accuracy"] == 1


def test_decisions_are_counted_after_the_rules(scores: Probabilities, truth: Truth) -> None:
    """Coverage, tags and fallbacks are what the product's rules make of each kind of photo."""
    figures = evaluate(scores, truth, Thresholds()).as_dict()
    assert figures["coverage"] == 2 / 4
    assert figures["tag_accuracy"] == figures["wrong_tag_rate"] == 1 / 2
    assert figures["items_main_class"] == figures["items_unknown"] == 1 / 4
    assert figures["main_accuracy_where_known"] == 1
    assert figures["near_tagged_with_subclass"] == 1
    assert figures["others_rejected"] == 1 / 2
    assert figures["others_tagged_with_subclass"] == 0


def test_novelty_is_judged_without_a_threshold(scores: Probabilities, truth: Truth) -> None:
    """One other of two scores above all goods, one above four of five: the area is 9/10."""
    figures = evaluate(scores, truth, Thresholds()).as_dict()
    assert figures["novelty_auroc"] == pytest.approx(9 / 10)
    # To keep the near photo (0.2), the other with 0.15 must be let in.
    assert figures["novelty_fpr_at_95_tpr"] == 1 / 2


def test_each_class_has_its_report(scores: Probabilities, truth: Truth) -> None:
    """Precision, recall and F1 are given for both levels with macro and weighted averages."""
    figures = evaluate(scores, truth, Thresholds()).as_dict()
    bags = figures["per_main_class"]["Bags"]
    assert (bags["precision"], bags["recall"], bags["support"]) == (2 / 3, 1, 2)
    assert bags["f1-score"] == pytest.approx(0.8)
    assert figures["per_subclass"]["Tote Bags"]["recall"] == 1 / 2
    assert figures["per_subclass"]["Clutches"]["precision"] == 0
    assert figures["per_main_class"]["macro avg"]["f1-score"] == pytest.approx((0.8 + 1 + 0) / 3)
    assert figures["per_main_class"]["weighted avg"]["f1-score"] == pytest.approx((1.6 + 1) / 4)


def test_without_others_nothing_is_claimed_of_rejection() -> None:
    """A figure that no photo supports is None, so that JSON can hold it."""
    samples = [item(name) for name in SUBCLASSES]
    scores = Probabilities.of([some_scores(MAIN_OF[name], 0.9, name, 0.9) for name in SUBCLASSES])
    figures = evaluate(scores, truth_of(samples), Thresholds()).as_dict()
    assert figures["main_accuracy"] == figures["coverage"] == 1
    for name in (
        "others_rejected",
        "others_rejected_95",
        "novelty_auroc",
        "novelty_auroc_95",
        "near_main_accuracy",
        "novelty_fpr_at_95_tpr",
        "novelty_fpr_at_95_tpr_95",
    ):
        assert figures[name] is None


def test_figures_come_back_from_json_as_they_were(scores: Probabilities, truth: Truth) -> None:
    """A bundle keeps them as JSON, from which they are read again."""
    figures = evaluate(scores, truth, Thresholds())
    assert len(ESTIMATES) == 19
    assert Figures.from_dict(json.loads(json.dumps(figures.as_dict()))) == figures


def test_figures_of_an_earlier_bundle_are_read(starter_bundle: Path) -> None:
    """What it lacks is None, as the intervals of its time; all that it has is there."""
    stored = dict(read_manifest(starter_bundle).metrics["test"])
    assert stored.items() <= Figures.from_dict(stored).as_dict().items()
    del stored["stream"], stored["coverage_95"]
    figures = Figures.from_dict(stored)
    assert figures.stream is None
    assert figures.coverage == (stored["coverage"], None)
