"""Figures of several seeds' runs on the same photos, with intervals over products and seeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from classifier.decision import Outcome, Thresholds, decide
from classifier.taxonomy import SUBCLASSES
from training.evaluation.scoring import Probabilities, Truth

DRAWS: Final = 1000
AREA_DRAWS: Final = 200  # each costs a sort of all photos
BINS: Final = 15

Floats = NDArray[np.float64]


class Ended(NamedTuple):
    """What one run makes of N photos; each field is (N,), a share's numerator or a score."""

    main_right: Floats
    sub_right: Floats
    confidence: Floats  # of the best subclass
    novelty: Floats
    tagged: Floats
    wrong_tag: Floats
    unknown: Floats


def ended(probabilities: Probabilities, truth: Truth, thresholds: Thresholds) -> Ended:
    """Return what the decision rules make of these scores."""
    made = [decide(scores, thresholds) for scores in probabilities.as_scores()]
    tagged = np.array([d.outcome is Outcome.SUBCLASS for d in made], float)
    named = np.array([SUBCLASSES.index(d.sub) if d.sub else -1 for d in made])
    return Ended(
        main_right=(probabilities.main.argmax(1) == truth.main).astype(float),
        sub_right=(probabilities.sub.argmax(1) == truth.sub).astype(float),
        confidence=probabilities.sub.max(1),
        novelty=probabilities.novelty,
        tagged=tagged,
        wrong_tag=tagged * (named != truth.sub),
        unknown=np.array([d.outcome is Outcome.UNKNOWN for d in made], float),
    )


Figure = Callable[[Ended, Truth, Floats], float]


def _share(name: str, kind: str) -> Figure:
    """Return the weighted share of ``name`` among items, near photos, others or tagged items."""

    def figure(run: Ended, truth: Truth, weight: Floats) -> float:
        of = run.tagged * truth.items if kind == "tagged" else getattr(truth, kind)
        return float((weight * of * getattr(run, name)).sum() / max(1e-9, (weight * of).sum()))

    return figure


def _area(run: Ended, truth: Truth, weight: Floats) -> float:
    in_draw = weight > 0
    others = truth.others[in_draw]
    return float(roc_auc_score(others, run.novelty[in_draw], sample_weight=weight[in_draw]))


def _calibration_error(run: Ended, truth: Truth, weight: Floats) -> float:
    """Return the mean gap between confidence and accuracy of items, over bins of equal width."""
    kept = weight * truth.items
    bins = np.minimum((run.confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, kept * (run.confidence - run.sub_right), BINS)
    return float(np.abs(gaps).sum() / kept.sum())


FIGURES: Final[Mapping[str, Figure]] = {
    "subclass accuracy": _share("sub_right", "items"),
    "main accuracy": _share("main_right", "items"),
    "coverage": _share("tagged", "items"),
    "wrong tags": _share("wrong_tag", "tagged"),
    "others rejected": _share("unknown", "others"),
    "near tagged": _share("tagged", "near"),
    "novelty AUROC": _area,
    "calibration error": _calibration_error,
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, mean over seeds, and its 95 % interval."""

    value: float
    low: float
    high: float


def estimates(
    runs: Sequence[Ended], truth: Truth, against: Sequence[Ended] | None = None
) -> dict[str, Estimate]:
    """Return every figure of the runs, or how much it is above that of ``against``.

    One draw takes products with repetition and one of the seeds; both sides of a difference are
    drawn alike, so what they have in common cancels out.
    """
    names, group_rows = np.unique(truth.groups, return_inverse=True)
    estimated = {}
    for title, figure in FIGURES.items():
        rng = np.random.default_rng(0)
        draws = []
        for _ in range(AREA_DRAWS if figure is _area else DRAWS):
            draw = rng.integers(len(names), size=len(names))
            weight = np.bincount(draw, minlength=len(names))[group_rows].astype(float)
            seed = int(rng.integers(len(runs)))
            less = figure(against[seed], truth, weight) if against else 0.0
            draws.append(figure(runs[seed], truth, weight) - less)
        whole = np.ones(len(group_rows))
        values = [figure(run, truth, whole) for run in runs]
        less_of = [figure(run, truth, whole) for run in against] if against else [0.0]
        low, high = np.percentile(draws, [2.5, 97.5])
        estimated[title] = Estimate(
            float(np.mean(values) - np.mean(less_of)), float(low), float(high)
        )
    return estimated
