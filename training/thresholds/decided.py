"""Test photos of which the scores are known already, with the decisions on them."""

from collections.abc import Iterator
from pathlib import Path

from classifier.decision import Thresholds, decide
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.calibration.held_out_scores import HeldOutScores
from training.data.folder import Sample
from training.evaluation.product_scores import Scored, ScoredPhotos


def decided(tested: HeldOutScores, thresholds: Thresholds) -> ScoredPhotos:
    """Return held-out photos with the decisions that these thresholds make of their scores."""
    return ScoredPhotos(
        [
            Scored(sample, scores, decide(scores, thresholds))
            for sample, scores in zip(_samples(tested), tested.scores.as_scores(), strict=True)
        ]
    )


def _samples(tested: HeldOutScores) -> Iterator[Sample]:
    truth = tested.truth
    for row in range(len(tested)):
        main, sub = int(truth.main[row]), int(truth.sub[row])
        yield Sample(
            Path(str(tested.photo[row])),
            MAIN_CLASSES[main] if main >= 0 else None,
            SUBCLASSES[sub] if sub >= 0 else None,
            str(truth.groups[row]),
        )
