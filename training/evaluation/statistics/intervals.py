"""Bootstrap 95 % intervals of calibration errors, class figures and novelty figures."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from training.evaluation.curves import BINS, Level, bin_of
from training.evaluation.scoring import Floats, Probabilities, Truth
from training.evaluation.statistics.bootstrap import RESAMPLES, Interval, draw_products, middle

AT_ONCE: Final = 200  # draws that are held in memory photo by photo


def calibration_interval(
    confidence: NDArray[Any], right: NDArray[Any], groups: NDArray[Any]
) -> Interval:
    """Return the interval of the expected calibration error.

    Draws scatter within a bin, so they lie a little higher than the error itself.
    """
    if not len(confidence):
        return None
    product, draws = draw_products(groups)
    gaps = np.zeros((draws.shape[1], BINS))
    np.add.at(gaps, (product, bin_of(confidence, BINS)), confidence - right)
    return middle(np.abs(draws @ gaps).sum(1) / (draws @ np.bincount(product).astype(float)))


def class_intervals(level: Level, groups: NDArray[Any]) -> dict[str, dict[str, Interval]]:
    """Return intervals of precision, recall and F1 of each class, and of their averages."""
    if not len(level.truth):
        return {}
    product, draws = draw_products(groups)
    count = len(level.classes)
    of_product = np.zeros((draws.shape[1], count, count))
    np.add.at(of_product, (product, level.truth, level.best), 1)
    matrices = np.tensordot(draws, of_product, axes=1)  # (draws, true class, best class)
    hits = np.diagonal(matrices, axis1=1, axis2=2)  # (draws, classes)
    support, predicted = matrices.sum(2), matrices.sum(1)
    figures = {
        "precision_95": _ratio(hits, predicted),
        "recall_95": _ratio(hits, support),
        "f1-score_95": _ratio(2 * hits, predicted + support),
    }
    intervals = {
        name: {
            figure: middle(np.where(support[:, i] > 0, values[:, i], np.nan))
            for figure, values in figures.items()
        }
        for i, name in enumerate(level.classes)
    }
    intervals["macro avg"] = {f: middle(values.mean(1)) for f, values in figures.items()}
    intervals["weighted avg"] = {
        f: middle((values * support).sum(1) / support.sum(1)) for f, values in figures.items()
    }
    return intervals


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, and 0 where the whole is, as `classification_report` does."""
    ratio: Floats = np.divide(part, whole, out=np.zeros_like(part, dtype=float), where=whole > 0)
    return ratio


def novelty_intervals(scores: Probabilities, truth: Truth) -> dict[str, Interval]:
    """Return the intervals of the novelty AUROC and of the FPR at 95 % TPR."""
    if not truth.others.any() or truth.others.all():
        return {"novelty_auroc_95": None, "novelty_fpr_at_95_tpr_95": None}
    product, draws = draw_products(truth.groups)
    parts = [
        novelty_figures(scores.novelty, truth.others, draws[start : start + AT_ONCE, product])
        for start in range(0, RESAMPLES, AT_ONCE)
    ]
    areas, rates = (np.concatenate(column) for column in zip(*parts, strict=True))
    return {"novelty_auroc_95": middle(areas), "novelty_fpr_at_95_tpr_95": middle(rates)}


def novelty_figures(
    novelty: Floats, others: NDArray[np.bool_], weights: NDArray[Any]
) -> tuple[Floats, Floats]:
    """Return AUROC and FPR at 95 % TPR of several draws, from one sort of the photos.

    A "positive" is a photo of our goods, as in the out-of-distribution literature.

    Args:
        novelty: scores (N,).
        others: which photos are none of our goods (N,).
        weights: how often each draw has each photo (draws, N).

    Returns:
        Two arrays (draws,); nan where a draw has no others, or nothing but others.
    """
    order = np.argsort(novelty, kind="stable")
    last = np.append(np.diff(novelty[order]) > 0, True)  # of photos with the same score
    weights = weights[:, order]
    kept = np.cumsum(weights * ~others[order], axis=1)[:, last]
    let_in = np.cumsum(weights * others[order], axis=1)[:, last]
    possible = (kept[:, -1] > 0) & (let_in[:, -1] > 0)
    start = np.zeros((len(weights), 1))
    with np.errstate(invalid="ignore"):
        true_positive = np.hstack([start, kept / kept[:, -1:]])
        false_positive = np.hstack([start, let_in / let_in[:, -1:]])
    areas = np.trapezoid(true_positive, false_positive, axis=1)
    threshold_index = (true_positive >= 0.95).argmax(axis=1)
    rates = false_positive[np.arange(len(weights)), threshold_index]
    return np.where(possible, areas, np.nan), np.where(possible, rates, np.nan)
