"""Photos that are not trained on: they choose the epoch and the thresholds, or give the figures."""

import logging
from dataclasses import dataclass

from classifier.ml.manifest import Temperature
from training.data.batches import BatchSource
from training.engine.stages import TrainedPart
from training.evaluation.curves import main_level, sub_level
from training.evaluation.figures import novelty as novelty_figures
from training.evaluation.named_figures import NO_ESTIMATE
from training.evaluation.scoring import (
    LogitArrays,
    Truth,
    logits_of,
    probabilities,
)

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
    auroc = novelty_figures(scores, validation.truth).get("novelty_auroc", NO_ESTIMATE)
    logger.info(
        "Validation: main %.4f, subclass %.4f, novelty AUROC %.4f.",
        main.accuracy, sub.accuracy, auroc.value or 0,
    )  # fmt: skip
    return sub.accuracy + main.accuracy
