"""Matrices, ROC and calibration, checked by hand."""

import numpy as np
import pytest

from classifier.taxonomy import MAIN_CLASSES
from tests.scores import some_scores
from tests.training.labelled import item, other
from training.evaluation.curves import (
    calibration_bins,
    calibration_error,
    confusion,
    curves,
    main_level,
    one_vs_rest_roc,
    roc,
)
from training.evaluation.scoring import Probabilities, truth_of


def test_confusion_counts_true_classes_in_rows() -> None:
    """Row Shoes, column Bags holds the boots that were taken for bags; others are left out."""
    samples = [item("Boots"), item("Flats"), item("Tote Bags"), other()]
    predicted = ("Bags", "Shoes", "Bags", "Clothing")
    scores = Probabilities.of([some_scores(main, 0.9) for main in predicted])
    matrix = confusion(main_level(scores, truth_of(samples)))
    assert matrix["classes"] == list(MAIN_CLASSES) == ["Clothing", "Shoes", "Bags"]
    assert matrix["rows"] == [[0, 0, 0], [0, 1, 1], [0, 0, 1]]


def test_roc_area_is_the_share_of_pairs_in_order() -> None:
    """Three of the four pairs of a positive and a negative are in order: the area is 3/4."""
    curve = roc(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1]))
    assert curve is not None
    assert curve["auc"] == 3 / 4
    assert curve["false_positive_rate"][0] == curve["true_positive_rate"][0] == 0
    assert curve["false_positive_rate"][-1] == curve["true_positive_rate"][-1] == 1


def test_a_class_that_is_absent_has_no_roc() -> None:
    """Without photos of a class, or with nothing else, there is no curve to draw."""
    samples = [item("Boots"), item("Tote Bags")]
    scores = Probabilities.of([some_scores("Shoes", 0.9), some_scores("Bags", 0.9)])
    curve_of = one_vs_rest_roc(main_level(scores, truth_of(samples)))
    assert curve_of["Clothing"] is None
    assert curve_of["Shoes"]["auc"] == curve_of["Bags"]["auc"] == 1


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    """JSON holds at most 200 points of a curve, from 0 to 1, with the area of all of them."""
    rng = np.random.default_rng(0)
    curve = roc(rng.random(5000) < 0.5, rng.random(5000))
    assert curve is not None
    assert len(curve["false_positive_rate"]) <= 200
    assert curve["false_positive_rate"][-1] == 1


def test_calibration_error_is_the_mean_gap() -> None:
    """Four photos at 90 %, of which two are right, and four at 60 %, of which three are."""
    confidence = np.array([0.9] * 4 + [0.6] * 4)
    right = np.array([1, 1, 0, 0, 1, 1, 1, 0], dtype=bool)
    low, high = calibration_bins(confidence, right, bins=10)
    assert low == pytest.approx({"confidence": 0.6, "accuracy": 0.75, "photos": 4})
    assert high == pytest.approx({"confidence": 0.9, "accuracy": 0.5, "photos": 4})
    assert calibration_error(confidence, right, bins=10) == pytest.approx((0.15 + 0.4) / 2)


def test_full_certainty_falls_into_the_last_bin() -> None:
    """A confidence of exactly 1 has a bin, and no photo at all has no error."""
    (only,) = calibration_bins(np.array([1.0]), np.array([True]))
    assert only == {"confidence": 1, "accuracy": 1, "photos": 1}
    assert calibration_error(np.array([]), np.array([], dtype=bool)) is None


def test_without_items_the_curves_are_empty() -> None:
    """A folder of others alone gives empty matrices, not a failure."""
    document = curves(Probabilities.of([some_scores()] * 2), truth_of([other(), other()]))
    assert document["sub"]["confusion"]["rows"] == []
    assert document["main"]["calibration"] == []
    assert document["novelty"]["roc"] is None
