"""Photos that are not trained on: they choose the epoch and the thresholds, or give the figures."""

import logging
from dataclasses import dataclass
from typing import Any

from classifier.decision import Thresholds
from classifier.ml.manifest import Temperature
from training.calibration.thresholds import choose_thresholds, fit_temperature, without_novelty
from training.data.batches import Feed
from training.engine.stages import TrainedPart
from training.evaluation.curves import main_level, sub_level
from training.evaluation.figures import decisions, evaluate
from training.evaluation.figures import novelty as novelty_figures
from training.evaluation.scoring import LogitArrays, Truth, logits_of, probabilities

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Photos that nothing is trained on at the moment, and what is true of them."""

    feed: Feed
    truth: Truth

    def logits(self, part: TrainedPart) -> LogitArrays:
        """Return the part's raw outputs for these photos."""
        return logits_of(part, self.feed)


def score_of(part: TrainedPart, validation: HeldOut) -> float:
    """Return what the best epoch is chosen by: main plus subclass accuracy on validation."""
    # Temperatures change neither which class is best nor the order of the novelty scores.
    found = probabilities(validation.logits(part), Temperature())
    main, sub = main_level(found, validation.truth), sub_level(found, validation.truth)
    auroc = novelty_figures(found, validation.truth)["novelty_auroc"]
    logger.info(
        "Validation: main %.4f, subclass %.4f, novelty AUROC %.4f.",
        main.accuracy, sub.accuracy, auroc or 0,
    )  # fmt: skip
    return sub.accuracy + main.accuracy


@dataclass(frozen=True, slots=True)
class Judged:
    """What validation photos chose, and the figures on both held-out sets."""

    temperature: Temperature
    thresholds: Thresholds
    figures: dict[str, Any]


def judge_network(
    part: TrainedPart, validation: HeldOut, test: HeldOut, *, novelty: bool = True
) -> Judged:
    """Choose temperature and thresholds on validation photos, then report on test photos.

    Args:
        novelty: whether the novelty unit was trained. If it was not, its threshold is neutral:
            nothing is ever called novel.
    """
    logits = validation.logits(part)
    temperature = fit_temperature(logits, validation.truth)
    found = probabilities(logits, temperature)
    thresholds = choose_thresholds(found, validation.truth)
    at_default = Thresholds()
    if not novelty:
        thresholds, at_default = without_novelty(thresholds), without_novelty(at_default)
    on_test = probabilities(test.logits(part), temperature)
    on_test_figures = evaluate(on_test, test.truth, thresholds)
    return Judged(
        temperature,
        thresholds,
        {
            "validation": evaluate(found, validation.truth, thresholds),
            "test": on_test_figures,
            # Only the decisions depend on thresholds.
            "test_at_0.7": on_test_figures | decisions(on_test, test.truth, at_default),
        },
    )
