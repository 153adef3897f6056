"""What is chosen on validation photos after training: temperatures and thresholds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax

from classifier.decision import DEFAULT_THRESHOLD, Thresholds
from classifier.ml.manifest import Temperature
from classifier.ml.probabilities import OVER_SUBCLASSES
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.evaluation.scoring import Floats, LogitArrays, Probabilities, Truth

# Below half, "confident" would be the wrong word; above 0.99 validation photos cannot tell.
LOWEST: Final = 0.5
HIGHEST: Final = 0.99


def fit_temperature(logits: LogitArrays, truth: Truth) -> Temperature:
    """Return the temperatures with the least validation loss (Guo et al. 2017).

    Others count for the main temperature and near photos for the subclass temperature, with
    targets spread over what they might be taken for. On items alone the network looks surer than
    it may be of what it meets; and where it makes no mistake they tell nothing at all. The subclass
    temperature is that of the softmax alone, as if there were no near unit: fitted together with
    it, it came out so sharp that more wrong tags passed.
    """
    ours = truth.main >= 0
    main = np.where(ours[:, None], np.eye(len(MAIN_CLASSES))[truth.main], 1 / len(MAIN_CLASSES))
    sub = _sub_targets(truth)[ours]
    return Temperature(
        main=_least(lambda t: _class_loss(logits.main, main, t)),
        sub=_least(lambda t: _class_loss(logits.sub[ours], sub, t)),
        novelty=_least(lambda t: _unit_loss(logits.novelty, truth.others, t)),
        near=_near_temperature(logits.near[ours], truth.near[ours]),
    )


def _near_temperature(logits: Floats, near: NDArray[np.bool_]) -> float:
    if not near.any() or np.ptp(logits) == 0:
        # Nothing to judge it by, or a silent unit, which says the same of every photo.
        return 1.0
    return _least(lambda t: _unit_loss(logits, near, t))


def _sub_targets(truth: Truth) -> Floats:
    """Return (N, 9): an item's subclass, or all of a near photo's main class alike."""
    items = truth.items[:, None]
    return np.where(items, np.eye(len(SUBCLASSES))[truth.sub], OVER_SUBCLASSES[truth.main])


def _least(loss: Callable[[float], float]) -> float:
    minimum = minimize_scalar(lambda log_t: loss(float(np.exp(log_t))), bounds=(-3, 3))
    return float(np.exp(minimum.x))


def _class_loss(logits: Floats, targets: Floats, temperature: float) -> float:
    return float(-(targets * log_softmax(logits / temperature, axis=1)).sum(axis=1).mean())


def _unit_loss(logits: Floats, wanted: NDArray[np.bool_], temperature: float) -> float:
    share = np.clip(expit(logits / temperature), 1e-7, 1 - 1e-7)
    return float(-np.where(wanted, np.log(share), np.log(1 - share)).mean())


def choose_thresholds(
    scores: Probabilities, truth: Truth, *, keep_items: float = 0.985, coverage: float = 0.92
) -> Thresholds:
    """Choose thresholds on validation photos: as strict as they can be at a stated coverage.

    The novelty threshold is the lowest that calls at most ``1 - keep_items`` of the items novel,
    but at least 0.5. A subclass's threshold is the highest at which ``coverage`` of the items that
    are rightly taken for it get its tag; half of it is the same figure over all subclasses, since
    a rare subclass has too few photos to stand alone.
    """
    at_risk = float(np.quantile(scores.novelty[truth.items], keep_items))
    best = scores.sub.argmax(axis=1)
    right = truth.items & (best == truth.sub)
    confidence = scores.sub.max(axis=1)
    overall = _strictest(confidence[right], coverage)
    return Thresholds(
        main=dict.fromkeys(MAIN_CLASSES, DEFAULT_THRESHOLD),
        sub={
            name: round((overall + _strictest(confidence[right & (best == i)], coverage)) / 2, 3)
            for i, name in enumerate(SUBCLASSES)
        },
        novelty=round(min(HIGHEST, max(LOWEST, at_risk)), 3),
    )


def without_novelty(thresholds: Thresholds) -> Thresholds:
    """Return the thresholds with a neutral one for novelty, for a unit that was not trained.

    A novelty score is at most 1, and must be above its threshold to count.
    """
    return replace(thresholds, novelty=1.0)


def _strictest(confidence: Floats, coverage: float) -> float:
    """Return the highest threshold that ``coverage`` of these confidences pass, within bounds."""
    if not len(confidence):
        return DEFAULT_THRESHOLD
    return round(min(HIGHEST, max(LOWEST, float(np.quantile(confidence, 1 - coverage)))), 3)
