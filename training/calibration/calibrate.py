"""Calibrate a trained network and choose its thresholds on validation photos; test it on others."""

import logging
from dataclasses import dataclass
from typing import Any

from classifier.decision import Thresholds
from classifier.ml.manifest import Temperature
from training.calibration.held_out import HeldOut
from training.calibration.held_out_scores import HeldOutScores, concatenated, concatenated_truths
from training.calibration.promise import Promise, Promised, choose_by_promise
from training.calibration.thresholds import choose_thresholds, fit_temperature, without_novelty
from training.engine.stages import TrainedPart
from training.evaluation.figures import evaluate, with_thresholds
from training.evaluation.scoring import (
    Probabilities,
    Truth,
    probabilities,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What validation photos chose, and their scores at that temperature."""

    temperature: Temperature
    thresholds: Thresholds
    scores: Probabilities


def calibrate(part: TrainedPart, validation: HeldOut, *, novelty: bool) -> Calibration:
    """Return temperature and thresholds for a trained part.

    Args:
        part: the trained part.
        validation: photos that the network was not trained on.
        novelty: whether the novelty unit was trained. If it was not, its threshold is neutral:
            nothing is ever called novel.

    Raises:
        PhotosError: if a photo can no longer be read.
    """
    logits = validation.logits(part)
    temperature = fit_temperature(logits, validation.truth)
    scores = probabilities(logits, temperature)
    thresholds = choose_thresholds(scores, validation.truth)
    if not novelty:
        thresholds = without_novelty(thresholds)
    return Calibration(temperature, thresholds, scores)


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
    chosen = calibrate(part, validation, novelty=novelty)
    temperature, thresholds, scores = chosen.temperature, chosen.thresholds, chosen.scores
    at_default = Thresholds() if novelty else without_novelty(Thresholds())
    promised = keep_promise(scores, validation.truth, promise, thresholds, cross_fitted)
    if promised is not None and promised.is_kept:
        thresholds = promised.thresholds
    test_scores = probabilities(test.logits(part), temperature)
    test_figures = evaluate(test_scores, test.truth, thresholds, promise.mix)
    return Evaluated(
        temperature,
        thresholds,
        {
            "validation": evaluate(scores, validation.truth, thresholds, promise.mix).as_dict(),
            "test": test_figures.as_dict(),
            "test_at_0.7": with_thresholds(
                test_figures, test_scores, test.truth, at_default, promise.mix
            ).as_dict(),
            **({"promise": promised.as_dict()} if promised is not None else {}),
        },
        scores,
        test_scores,
    )


def keep_promise(
    scores: Probabilities,
    truth: Truth,
    promise: Promise,
    base: Thresholds,
    cross_fitted: HeldOutScores | None = None,
) -> Promised | None:
    """Return thresholds that keep the promise, as far as these photos can prove it.

    None, and a line in the log, where a kind of photo is missing. Where `Promised.is_kept` is
    false, the log says so too, and the thresholds are of no use.

    Args:
        scores, truth: validation photos.
        promise, base: as `choose_by_promise` takes them.
        cross_fitted: scores of training photos by networks that did not see them.
    """
    if cross_fitted is not None:
        scores, truth = (
            concatenated(cross_fitted.scores, scores),
            concatenated_truths(cross_fitted.truth, truth),
        )
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
