"""Figures on held-out photos: accuracy, coverage, wrong tags, rejection, calibration."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.decision import Outcome, Thresholds, decide
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from classifier.versions.stream import DEFAULT_MIX, Mix
from training.evaluation.bootstrap import share_interval
from training.evaluation.curves import Level, calibration_error, class_report, main_level, sub_level
from training.evaluation.intervals import (
    calibration_interval,
    class_intervals,
    novelty_figures,
    novelty_intervals,
)
from training.evaluation.scoring import Floats, Probabilities, Truth
from training.evaluation.stream import stream_figures


def evaluate(
    scores: Probabilities, truth: Truth, thresholds: Thresholds, mix: Mix = DEFAULT_MIX
) -> dict[str, Any]:
    """Return all figures, JSON-ready; shares are 0 to 1, ``*_95`` are bootstrap intervals.

    Items are photos of the nine subclasses, near photos belong to a main class only, others to
    nothing. Intervals resample products, since photos of one product are not independent. A
    figure is None where there is no photo to take it from. ``stream`` counts everything, in the
    shares of ``mix``; all else is of one kind of photo alone.
    """
    return {
        "photos": {
            "items": int(truth.items.sum()),
            "near": int(truth.near.sum()),
            "others": int(truth.others.sum()),
        },
        **accuracy(scores, truth),
        **decisions(scores, truth, thresholds, mix),
        **novelty(scores, truth),
        **novelty_intervals(scores, truth),
        "per_main_class": _by_class(main_level(scores, truth), truth),
        "per_subclass": _by_class(sub_level(scores, truth), truth),
    }


def _by_class(level: Level, truth: Truth) -> dict[str, dict[str, Any]]:
    """Return precision, recall and F1 of each class and their averages, with intervals."""
    intervals = class_intervals(level, truth.groups[truth.items])
    return {name: row | intervals.get(name, {}) for name, row in class_report(level).items()}


def accuracy(scores: Probabilities, truth: Truth) -> dict[str, Any]:
    """Return accuracies of items before any decision rule, and calibration errors.

    ``sub_accuracy`` is over all items; ``sub_accuracy_where_main_right`` is the study's, which
    leaves out what the main head got wrong; ``overall_accuracy`` asks for both heads.
    """
    items = truth.items
    main_right = scores.main.argmax(1)[items] == truth.main[items]
    sub_right = scores.sub.argmax(1)[items] == truth.sub[items]
    groups = truth.groups[items]
    near_right = scores.main.argmax(1)[truth.near] == truth.main[truth.near]
    return {
        **_share("main_accuracy", main_right, groups),
        **_share("sub_accuracy", sub_right, groups),
        **_share("sub_accuracy_where_main_right", sub_right[main_right], groups[main_right]),
        **_share("overall_accuracy", main_right & sub_right, groups),
        **_share("near_main_accuracy", near_right, truth.groups[truth.near]),
        **_calibration("main", scores.main.max(1)[items], main_right, groups),
        **_calibration("sub", scores.sub.max(1)[items], sub_right, groups),
    }


def _calibration(
    level: str, confidence: Floats, right: NDArray[Any], groups: NDArray[Any]
) -> dict[str, Any]:
    return {
        f"{level}_calibration_error": calibration_error(confidence, right),
        f"{level}_calibration_error_95": calibration_interval(confidence, right, groups),
    }


def decisions(
    scores: Probabilities, truth: Truth, thresholds: Thresholds, mix: Mix = DEFAULT_MIX
) -> dict[str, Any]:
    """Return the outcomes of the decision rules on items, near photos and others.

    ``coverage`` is the share of items tagged with a subclass; ``tag_accuracy`` and
    ``wrong_tag_rate`` are shares of these.
    """
    decided = [decide(each, thresholds) for each in scores.as_scores()]
    tagged = np.array([d.outcome is Outcome.SUBCLASS for d in decided], dtype=bool)
    unknown = np.array([d.outcome is Outcome.UNKNOWN for d in decided], dtype=bool)
    named = np.array([SUBCLASSES.index(d.sub) if d.sub else -1 for d in decided])
    kept_main = np.array([MAIN_CLASSES.index(d.main) if d.main else -1 for d in decided])
    items, near, others, groups = truth.items, truth.near, truth.others, truth.groups
    right = named[items & tagged] == truth.sub[items & tagged]
    main_right = kept_main[items & ~unknown] == truth.main[items & ~unknown]
    return {
        "stream": stream_figures(decided, truth, mix),
        **_share("coverage", tagged[items], groups[items]),
        **_share("tag_accuracy", right, groups[items & tagged]),
        **_share("wrong_tag_rate", ~right, groups[items & tagged]),
        **_share("items_main_class", ~tagged[items] & ~unknown[items], groups[items]),
        **_share("items_unknown", unknown[items], groups[items]),
        **_share("main_accuracy_where_known", main_right, groups[items & ~unknown]),
        "items_main_right_or_unknown": share_of(
            (kept_main[items] == truth.main[items]) | unknown[items]
        ),
        **_share("near_tagged_with_subclass", tagged[near], groups[near]),
        **_share("others_rejected", unknown[others], groups[others]),
        **_share("others_tagged_with_subclass", tagged[others], groups[others]),
    }


def novelty(scores: Probabilities, truth: Truth) -> dict[str, Any]:
    """Return how well the novelty score separates others from our goods: AUROC, FPR at 95 % TPR."""
    if not truth.others.any() or truth.others.all():
        return {"novelty_auroc": None, "novelty_fpr_at_95_tpr": None}
    once = np.ones((1, len(truth.others)))
    area, rate = novelty_figures(scores.novelty, truth.others, once)
    return {"novelty_auroc": float(area[0]), "novelty_fpr_at_95_tpr": float(rate[0])}


def _share(name: str, values: NDArray[Any], groups: NDArray[Any]) -> dict[str, Any]:
    """Return a share and its interval under their two names."""
    return {name: share_of(values), f"{name}_95": share_interval(values, groups)}


def share_of(values: NDArray[Any]) -> float | None:
    """Return the share of true values; None where there are none at all."""
    return float(values.mean()) if len(values) else None
