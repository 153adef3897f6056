"""Photos that are not trained on: they choose the epoch and the thresholds, or give the figures."""

import logging
from dataclasses import dataclass
from typing import Any

from classifier.decision import Thresholds
from classifier.ml.manifest import Temperature
from training.calibration.held_out_scores import HeldOutScores, both, both_truths
from training.calibration.promise import Promise, Promised, choose_by_promise
from training.calibration.thresholds import choose_thresholds, fit_temperature, without_novelty
from training.data.batches import BatchSource
from training.engine.stages import TrainedPart
from training.evaluation.curves import main_level, sub_level
from training.evaluation.figures import decisions, evaluate
from training.evaluation.figures import novelty as novelty_figures
from training.evaluation.scoring import (
    LogitArrays,
    Probabilities,
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
    auroc = novelty_figures(scores, validation.truth)["novelty_auroc"]
    logger.info(
        "Validation: main %.4f, subclass %.4f, novelty AUROC %.4f.",
        main.accuracy, sub.accuracy, auroc or 0,
    )  # fmt: skip
    return sub.accuracy + main.accuracy


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What validation photos chose, and the figures on both held-out sets.

    ``validation`` and ``test`` are the scores behind the figures.
    """

    temperature: Temperature
    thresholds: Thresholds
    figures: dict[str, Any]
    validation: Probabilities
    test: Probabilities


def choose_and_evaluate(
    part: TrainedPart,
    validation: HeldOut,
    test: HeldOut,
    *,
    promise: Promise,
    cross_fitted: HeldOutScores | None = None,
    novelty: bool = True,
) -> Evaluated:
    """Choose temperature and thresholds on validation photos, then report on test photos.

    Thresholds keep the promise; where these photos are too few to prove it, they are chosen for a
    wished-for coverage instead, and that is said.

    Args:
        promise: what the thresholds keep.
        cross_fitted: scores of training photos by networks that did not see them; they choose the
            thresholds together with the validation photos.
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
    promised = _promised(scores, validation.truth, cross_fitted, promise, thresholds)
    if promised is not None and promised.is_kept:
        thresholds = promised.thresholds
    test_scores = probabilities(test.logits(part), temperature)
    test_figures = evaluate(test_scores, test.truth, thresholds, promise.mix)
    return Evaluated(
        temperature,
        thresholds,
        {
            "validation": evaluate(scores, validation.truth, thresholds, promise.mix),
            "test": test_figures,
            # Only the decisions depend on thresholds.
            "test_at_0.7": test_figures
            | decisions(test_scores, test.truth, at_default, promise.mix),
            **({"promise": promised.as_dict()} if promised is not None else {}),
        },
        scores,
        test_scores,
    )


def _promised(
    scores: Probabilities, truth: Truth, cross_fitted: HeldOutScores | None, promise: Promise,
    base: Thresholds,
) -> Promised | None:  # fmt: skip
    """Return thresholds that keep the promise, as far as these photos can prove it."""
    if cross_fitted is not None:
        scores, truth = both(cross_fitted.scores, scores), both_truths(cross_fitted.truth, truth)
    try:
        promised = choose_by_promise(scores, truth, promise, base)
    except ValueError as error:
        logger.warning("Nothing is promised, thresholds are chosen for coverage. %s", error)
        return None
    if not promised.is_kept:
        logger.warning(
            "%d held-out photos cannot prove that at most %.3g %% of the tags are wrong; "
            "thresholds are chosen for coverage. --cross-fit lets all training photos speak.",
            promised.photos, 100 * promise.risk,
        )  # fmt: skip
    return promised
