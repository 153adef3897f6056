"""Bootstrap intervals: what they draw, and what they lie around."""

import numpy as np
import pytest
from sklearn.metrics import classification_report, roc_auc_score

from classifier.decision import Thresholds
from classifier.taxonomy import MAIN_CLASSES
from tests.scores import some_scores
from tests.training.labelled import item, other
from training.data.folder import Sample
from training.evaluation.curves import Level, calibration_error
from training.evaluation.figures import evaluate
from training.evaluation.scoring import Probabilities, truth_of
from training.evaluation.statistics.bootstrap import draw_products, share_interval
from training.evaluation.statistics.intervals import (
    calibration_interval,
    class_intervals,
    novelty_intervals,
)


def test_intervals_draw_products_not_photos() -> None:
    """A hundred photos of two products are worth two draws: the interval stays wide."""
    right = np.array([True] * 50 + [False] * 50)
    assert share_interval(right, np.array(["a"] * 50 + ["b"] * 50)) == [0, 1]
    of_hundred = share_interval(right, np.arange(100))
    assert of_hundred is not None
    assert of_hundred == pytest.approx([0.4, 0.6], abs=0.03)
    assert share_interval(np.array([]), np.array([])) is None


def test_every_draw_has_as_many_products_as_there_are() -> None:
    """Products are drawn with return; each is as likely as any other."""
    product, draws = draw_products(np.array(["b", "a", "b"]))
    assert product.tolist() == [1, 0, 1]
    assert (draws.sum(axis=1) == 2).all()
    assert draws.mean(axis=0) == pytest.approx([1, 1], abs=0.05)


def test_draws_are_kept_and_cannot_be_changed() -> None:
    """The next figure of as many products has the same draws, whatever was done with these."""
    _, draws = draw_products(np.arange(5))
    with pytest.raises(ValueError, match="read-only"):
        draws[0, 0] = 7
    _, again = draw_products(np.arange(5))
    assert again is draws


def some_level(rng: np.random.Generator, photos: int = 200) -> Level:
    """Main classes of some photos, of which about three quarters are recognised."""
    truth = rng.integers(3, size=photos)
    best = np.where(rng.random(photos) < 0.75, truth, rng.integers(3, size=photos))
    return Level(MAIN_CLASSES, np.eye(3)[best], truth)


def test_class_intervals_are_those_of_the_report_drawn_again_and_again() -> None:
    """They agree with scikit-learn's report over a hundred draws, made one by one."""
    rng = np.random.default_rng(1)
    level, groups = some_level(rng), np.arange(200)
    slowly = []
    for _ in range(120):
        rows = rng.integers(200, size=200)
        slowly.append(
            classification_report(
                level.truth[rows], level.best[rows], target_names=MAIN_CLASSES, output_dict=True
            )
        )
    intervals = class_intervals(level, groups)
    for name in (*MAIN_CLASSES, "macro avg", "weighted avg"):
        for figure in ("precision", "recall", "f1-score"):
            expected = np.percentile([report[name][figure] for report in slowly], [2.5, 97.5])
            assert intervals[name][f"{figure}_95"] == pytest.approx(expected, abs=0.04)


def test_a_class_without_photos_has_no_interval() -> None:
    """Nothing is claimed of a class that is absent, and nothing at all without items."""
    level = Level(MAIN_CLASSES, np.eye(3)[[0, 1, 1]], np.array([0, 1, 0]))
    assert class_intervals(level, np.arange(3))["Bags"]["recall_95"] is None
    nothing = Level(MAIN_CLASSES, np.zeros((0, 3)), np.array([], dtype=np.intp))
    assert class_intervals(nothing, np.array([])) == {}


def test_the_interval_of_the_calibration_error_holds_a_large_one() -> None:
    """Photos that are 20 % too sure: the error lies within its interval, which holds no zero."""
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.6, 1, 400)
    right = rng.random(400) < confidence - 0.2
    error = calibration_error(confidence, right)
    bounds = calibration_interval(confidence, right, np.arange(400))
    assert error is not None
    assert bounds is not None
    assert 0.1 < bounds[0] < error < bounds[1] < 0.3


def test_the_intervals_of_novelty_hold_its_figures() -> None:
    """AUROC and FPR lie within their own intervals, which are the same every time."""
    rng = np.random.default_rng(0)
    samples: list[Sample] = [item("Boots", group=f"i{n}") for n in range(60)]
    samples += [other(group=f"o{n}") for n in range(60)]
    scores = Probabilities.of(
        [
            some_scores("Shoes", 0.9, "Boots", 0.9, float(np.clip(level, 0, 1)))
            for level in [*rng.normal(0.3, 0.2, 60), *rng.normal(0.6, 0.2, 60)]
        ]
    )
    truth = truth_of(samples)
    figures = evaluate(scores, truth, Thresholds()).as_dict()
    for name in ("novelty_auroc", "novelty_fpr_at_95_tpr"):
        low, high = figures[f"{name}_95"]
        assert 0 < low < figures[name] < high < 1
    assert figures["novelty_auroc"] == pytest.approx(roc_auc_score(truth.others, scores.novelty))
    again = novelty_intervals(scores, truth)
    assert again["novelty_auroc_95"] == figures["novelty_auroc_95"]
