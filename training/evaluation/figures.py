"""Figures on held-out photos: accuracy, coverage, wrong tags, rejection, calibration."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.decision import Decision, Outcome, Thresholds, decide
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from classifier.versions.stream import DEFAULT_MIX, Mix
from training.evaluation.curves import Level, calibration_error, class_report, main_level, sub_level
from training.evaluation.named_figures import Estimate, Figures, PhotoCounts
from training.evaluation.scoring import Floats, Probabilities, Truth
from training.evaluation.statistics.bootstrap import share_interval
from training.evaluation.statistics.intervals import (
    calibration_interval,
    class_intervals,
    novelty_figures,
    novelty_intervals,
)
from training.evaluation.stream import stream_figures


def evaluate(
    scores: Probabilities, truth: Truth, thresholds: Thresholds, mix: Mix = DEFAULT_MIX
) -> Figures:
    """Return all figures, with bootstrap intervals of 95 %.

    Items are photos of the nine subclasses, near photos belong to a main class only, others to
    nothing. Intervals resample products, since photos of one product are not independent. A
    figure is None where there is no photo to take it from. ``stream`` counts everything, in the
    shares of ``mix``; all else is of one kind of photo alone.
    """
    counts = (int(kind.sum()) for kind in (truth.items, truth.near, truth.others))
    decided = decide_all(scores, thresholds)
    return Figures(
        photos=PhotoCounts(*counts),
        stream=stream_figures(decided, truth, mix),
        per_main_class=_by_class(main_level(scores, truth), truth),
        per_subclass=_by_class(sub_level(scores, truth), truth),
        **accuracy(scores, truth),
        **decisions(decided, truth),
        **novelty(scores, truth),
    )


def decide_all(scores: Probabilities, thresholds: Thresholds) -> list[Decision]:
    """Return the decision on each photo."""
    return [decide(each, thresholds) for each in scores.as_scores()]


def with_thresholds(
    figures: Figures, scores: Probabilities, truth: Truth, thresholds: Thresholds, mix: Mix
) -> Figures:
    """Return the figures of the same photos with other thresholds: only decisions change."""
    decided = decide_all(scores, thresholds)
    changed: dict[str, Any] = {**decisions(decided, truth)}
    return replace(figures, stream=stream_figures(decided, truth, mix), **changed)


def _by_class(level: Level, truth: Truth) -> dict[str, dict[str, Any]]:
    """Return precision, recall and F1 of each class and their averages, with intervals."""
    intervals = class_intervals(level, truth.groups[truth.items])
    return {name: row | intervals.get(name, {}) for name, row in class_report(level).items()}


def accuracy(scores: Probabilities, truth: Truth) -> dict[str, Estimate]:
    """Return accuracies before any decision rule, and calibration errors, as `Figures` has them."""
    items = truth.items
    main_right = scores.main.argmax(1)[items] == truth.main[items]
    sub_right = scores.sub.argmax(1)[items] == truth.sub[items]
    groups = truth.groups[items]
    near_right = scores.main.argmax(1)[truth.near] == truth.main[truth.near]
    return {
        "main_accuracy": _share(main_right, groups),
        "sub_accuracy": _share(sub_right, groups),
        "sub_accuracy_where_main_right": _share(sub_right[main_right], groups[main_right]),
        "overall_accuracy": _share(main_right & sub_right, groups),
        "near_main_accuracy": _share(near_right, truth.groups[truth.near]),
        "main_calibration_error": _calibration(scores.main.max(1)[items], main_right, groups),
        "sub_calibration_error": _calibration(scores.sub.max(1)[items], sub_right, groups),
    }


def _calibration(confidence: Floats, right: NDArray[Any], groups: NDArray[Any]) -> Estimate:
    return Estimate(
        calibration_error(confidence, right), calibration_interval(confidence, right, groups)
    )


def decisions(decided: Sequence[Decision], truth: Truth) -> dict[str, Estimate]:
    """Return the outcomes of the decision rules, as `Figures` has them.

    Args:
        decided: the decision on each of N photos.
        truth: what is true of them.
    """
    tagged = np.array([d.outcome is Outcome.SUBCLASS for d in decided], dtype=bool)
    unknown = np.array([d.outcome is Outcome.UNKNOWN for d in decided], dtype=bool)
    named = np.array([SUBCLASSES.index(d.sub) if d.sub else -1 for d in decided])
    kept_main = np.array([MAIN_CLASSES.index(d.main) if d.main else -1 for d in decided])
    items, near, others, groups = truth.items, truth.near, truth.others, truth.groups
    right = named[items & tagged] == truth.sub[items & tagged]
    main_right = kept_main[items & ~unknown] == truth.main[items & ~unknown]
    return {
        "coverage": _share(tagged[items], groups[items]),
        "tag_accuracy": _share(right, groups[items & tagged]),
        "wrong_tag_rate": _share(~right, groups[items & tagged]),
        "items_main_class": _share(~tagged[items] & ~unknown[items], groups[items]),
        "items_unknown": _share(unknown[items], groups[items]),
        "main_accuracy_where_known": _share(main_right, groups[items & ~unknown]),
        "items_main_right_or_unknown": _share(
            (kept_main[items] == truth.main[items]) | unknown[items], groups[items]
        ),
        "near_tagged_with_subclass": _share(tagged[near], groups[near]),
        "others_rejected": _share(unknown[others], groups[others]),
        "others_tagged_with_subclass": _share(tagged[others], groups[others]),
    }


def novelty(scores: Probabilities, truth: Truth) -> dict[str, Estimate]:
    """Return how well the novelty score separates others from our goods: AUROC, FPR at 95 % TPR."""
    if not truth.others.any() or truth.others.all():
        return {}
    once = np.ones((1, len(truth.others)))
    area, rate = novelty_figures(scores.novelty, truth.others, once)
    intervals = novelty_intervals(scores, truth)
    return {
        "novelty_auroc": Estimate(float(area[0]), intervals["novelty_auroc_95"]),
        "novelty_fpr_at_95_tpr": Estimate(float(rate[0]), intervals["novelty_fpr_at_95_tpr_95"]),
    }


def _share(values: NDArray[Any], groups: NDArray[Any]) -> Estimate:
    """Return a share and its interval."""
    return Estimate(share_of(values), share_interval(values, groups))


def share_of(values: NDArray[Any]) -> float | None:
    """Return the share of true values; None where there are none at all."""
    return float(values.mean()) if len(values) else None
