"""Matrices and curves over held-out items: confusion, ROC, calibration; all JSON-ready."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import classification_report, confusion_matrix, roc_auc_score, roc_curve

from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.evaluation.scoring import Floats, Probabilities, Truth

BINS: Final = 15
MOST_POINTS: Final = 200


class Level(NamedTuple):
    """One level of the label tree over N items: scores (N, classes) and true indices (N,)."""

    classes: tuple[str, ...]
    scores: Floats
    truth: NDArray[np.intp]

    @property
    def best(self) -> NDArray[np.intp]:
        """The index of the best class of each item, before any decision rule."""
        return np.asarray(self.scores.argmax(1), dtype=np.intp)

    @property
    def accuracy(self) -> float:
        """The share of items whose best class is the true one."""
        return float((self.best == self.truth).mean())


def main_level(scores: Probabilities, truth: Truth) -> Level:
    """Return the main classes of all items."""
    return Level(MAIN_CLASSES, scores.main[truth.items], truth.main[truth.items])


def sub_level(scores: Probabilities, truth: Truth) -> Level:
    """Return the subclasses of all items."""
    return Level(SUBCLASSES, scores.sub[truth.items], truth.sub[truth.items])


def class_report(level: Level) -> dict[str, Any]:
    """Return precision, recall, F1 and support of each class, and their averages."""
    names = (*level.classes, "macro avg", "weighted avg")
    if not len(level.truth):
        nothing = {"precision": 0.0, "recall": 0.0, "f1-score": 0.0, "support": 0.0}
        return {name: dict(nothing) for name in names}
    report: dict[str, Any] = classification_report(
        level.truth,
        level.best,
        labels=range(len(level.classes)),
        target_names=level.classes,
        output_dict=True,
        zero_division=0,
    )
    return {name: report[name] for name in names}


def confusion(level: Level) -> dict[str, Any]:
    """Return how often each true class (row) was taken for each class (column)."""
    labels = range(len(level.classes))
    rows = confusion_matrix(level.truth, level.best, labels=labels) if len(level.truth) else []
    return {"classes": list(level.classes), "rows": [[int(n) for n in row] for row in rows]}


def one_vs_rest_roc(level: Level) -> dict[str, Any]:
    """Return a ROC curve and its area for each class against the rest; None where one is absent."""
    return {
        name: roc(level.truth == index, level.scores[:, index])
        for index, name in enumerate(level.classes)
    }


def roc(positive: NDArray[np.bool_], score: Floats) -> dict[str, Any] | None:
    """Return the curve of true over false positive rate, and the area under it."""
    if positive.all() or not positive.any():
        return None
    false_positive, true_positive, _ = roc_curve(positive, score)
    keep = np.unique(np.linspace(0, len(false_positive) - 1, MOST_POINTS).round().astype(int))
    return {
        "auc": float(roc_auc_score(positive, score)),
        "false_positive_rate": [round(float(x), 5) for x in false_positive[keep]],
        "true_positive_rate": [round(float(y), 5) for y in true_positive[keep]],
    }


def bin_of(confidence: NDArray[Any], bins: int) -> NDArray[np.intp]:
    """Return the number of each confidence's bin; the last one holds full certainty too."""
    return np.minimum((confidence * bins).astype(np.intp), bins - 1)


def calibration_bins(
    confidence: NDArray[Any], right: NDArray[Any], bins: int = BINS
) -> list[dict[str, float]]:
    """Return mean confidence, accuracy and size of each bin that holds a photo."""
    bin_index = bin_of(confidence, bins)
    return [
        {
            "confidence": float(confidence[bin_index == b].mean()),
            "accuracy": float(right[bin_index == b].mean()),
            "photos": int((bin_index == b).sum()),
        }
        for b in np.unique(bin_index)
    ]


def calibration_error(
    confidence: NDArray[Any], right: NDArray[Any], bins: int = BINS
) -> float | None:
    """Return the expected calibration error over equally wide bins (Guo et al. 2017)."""
    if not len(confidence):
        return None
    gaps = [
        abs(b["confidence"] - b["accuracy"]) * b["photos"]
        for b in calibration_bins(confidence, right, bins)
    ]
    return float(sum(gaps)) / len(confidence)


def curves(scores: Probabilities, truth: Truth) -> dict[str, Any]:
    """Return the matrices and curves of both levels, and the ROC of the novelty score."""
    document: dict[str, Any] = {}
    for name, level in (("main", main_level(scores, truth)), ("sub", sub_level(scores, truth))):
        document[name] = {
            "confusion": confusion(level),
            "roc": one_vs_rest_roc(level),
            "calibration": calibration_bins(level.scores.max(1), level.best == level.truth),
        }
    # "Positive" is a photo of our goods, as in the out-of-distribution literature.
    document["novelty"] = {"roc": roc(~truth.others, -scores.novelty)}
    return document
