"""Photos that are not trained on: they choose the epoch and the thresholds, or give the figures."""

import logging
from dataclasses import dataclass
from typing import Any

from classifier.decision import Thresholds
from classifier.ml.manifest import Temperature
from training.calibration.thresholds import choose_thresholds, fit_temperature, without_novelty
from training.data.batches import BatchSource
from training.engine.stages import TrainedPart
from training.evaluation.curves import main_level, sub_level
from training.evaluation.figures import decisions, evaluate
from training.evaluation.figures import novelty as novelty_figures
from training.evaluation.scoring import LogitArrays, Truth, logits_of, probabilities

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Photos that nothing is trained on at the moment, and what is true of them."""

    batches: BatchSource
    truth: Truth

    def logits(self, part: TrainedPart) -> LogitArrays:
        """Return the part's raw outputs for these photos."""
        return logits_of(part, self.batches)


def score_of(part: TrainedPart, validation: HeldOut) -> float:
    """Return what the best epoch is chosen by: main plus subclass accuracy on validation."""
    # Temperatures change neither which class is best nor the order of the novelty scores.
    scores = probabilities(validation.logits(part), Temperature())
    main, sub = main_level(scores, validation.truth), sub_level(scores, validation.truth)
    auroc = novelty_figures(scores, validation.truth)["novelty_auroc"]
    logger.info(
        "Validation: main %.4f, subclass %.4f, novelty AUROC %.4f.",
        main.accuracy, sub.accuracy, auroc or 0,
    )  # fmt: skip
    return sub.accuracy + main.accuracy


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Temperature and thresholds chosen on validation photos; figures on both held-out sets."""

    temperature: Temperature
    thresholds: Thresholds
    figures: dict[str, Any]


def choose_and_evaluate(
    part: TrainedPart, validation: HeldOut, test: HeldOut, *, novelty: bool = True
) -> Evaluated:
    """Choose temperature and thresholds on validation photos, then report on test photos.

    Args:
        novelty: whether the novelty unit was trained. If it was not, its threshold is neutral:
            nothing is ever called novel.
    """
    logits = validation.logits(part)
    temperature = fit_temperature(logits, validation.truth)
    scores = probabilities(logits, temperature)
    thresholds = choose_thresholds(scores, validation.truth)
    at_default = Thresholds()
    if not novelty:
        thresholds, at_default = without_novelty(thresholds), without_novelty(at_default)
    test_scores = probabilities(test.logits(part), temperature)
    test_figures = evaluate(test_scores, test.truth, thresholds)
    return Evaluated(
        temperature,
        thresholds,
        {
            "validation": evaluate(scores, validation.truth, thresholds),
            "test": test_figures,
            # Only the decisions depend on thresholds.
            "test_at_0.7": test_figures | decisions(test_scores, test.truth, at_default),
        },
    )
