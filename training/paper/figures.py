"""The figures of the study's tables, from the scores of its validation photos."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from classifier.decision import Outcome, Thresholds, decide
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.evaluation.figures import share_of
from training.evaluation.scoring import Probabilities, Truth

UNKNOWN = len(MAIN_CLASSES)  # the row after the main classes


@dataclass(frozen=True, slots=True)
class Column:
    """One training length; None where no photo is left to take a figure from.

    Attributes:
        accuracy, macro, weighted, support: of the photos the table is about; F1 averages.
        macro_with_unknown: main table only, after the 0.7 rule, with a row for unknown.
        tagged, tagged_accuracy: subclass table only, what the 0.7 / 0.7 rules tag.
    """

    accuracy: float | None
    macro: float | None
    weighted: float | None
    support: int
    macro_with_unknown: float | None = None
    tagged: int | None = None
    tagged_accuracy: float | None = None


def main_column(scores: Probabilities, truth: Truth) -> Column:
    """Return the figures of the main classes over all photos."""
    best = scores.main.argmax(1)
    sure = scores.main.max(1) >= min(Thresholds().main.values())
    with_unknown = np.where(sure, best, UNKNOWN)
    return Column(
        accuracy=share_of(best == truth.main),
        macro=_f1(truth.main, best, len(MAIN_CLASSES), "macro"),
        weighted=_f1(truth.main, best, len(MAIN_CLASSES), "weighted"),
        support=len(best),
        macro_with_unknown=_f1(truth.main, with_unknown, len(MAIN_CLASSES) + 1, "macro"),
    )


def sub_column(scores: Probabilities, truth: Truth) -> Column:
    """Return the figures of the subclasses over the photos whose main class is right."""
    right = scores.main.argmax(1) == truth.main
    best, true = scores.sub.argmax(1)[right], truth.sub[right]
    decisions = [decide(each, Thresholds(novelty=1.0)) for each in scores.as_scores()]
    tagged = right & np.array([d.outcome is Outcome.SUBCLASS for d in decisions], dtype=bool)
    return Column(
        accuracy=share_of(best == true),
        macro=_f1(true, best, len(SUBCLASSES), "macro"),
        weighted=_f1(true, best, len(SUBCLASSES), "weighted"),
        support=len(best),
        tagged=int(tagged.sum()),
        tagged_accuracy=share_of(scores.sub.argmax(1)[tagged] == truth.sub[tagged]),
    )


def recall_of(name: str, scores: Probabilities, truth: Truth) -> tuple[float | None, int]:
    """Return the share of a subclass's photos that are recognised, and how many there are."""
    own = truth.sub == SUBCLASSES.index(name)
    return share_of(scores.sub.argmax(1)[own] == truth.sub[own]), int(own.sum())


def _f1(true: NDArray[np.intp], best: NDArray[np.intp], classes: int, average: str) -> float | None:
    if not len(true):
        return None
    return float(f1_score(true, best, labels=range(classes), average=average, zero_division=0))
