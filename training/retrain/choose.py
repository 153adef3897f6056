"""What validation photos choose for a candidate: thresholds, and how far it leaves the champion."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from torch import Tensor, nn

from classifier.decision import Thresholds, decide
from classifier.ml.manifest import Manifest
from training.calibration.calibrate import Calibration, calibrate, keep_promise
from training.calibration.held_out import HeldOut
from training.calibration.promise import promise_of
from training.data.folder import Sample
from training.engine.stages import TrainedPart
from training.engine.weights.interpolation import copied_state, interpolate
from training.evaluation.product_scores import Scored
from training.evaluation.scoring import Truth
from training.gate.cost import costs, mean_cost
from training.gate.rules import GateRules
from training.gate.score_models import answers

logger = logging.getLogger(__name__)

STEPS: Final = 15  # hundredths that a threshold is moved at most
LOWEST: Final = 0.5
SHARES: Final = (1.0, 0.75, 0.5, 0.25)  # of the way from the champion; the first wins a tie


@dataclass(frozen=True, slots=True)
class Chosen:
    """What validation photos chose for a network as it is.

    Attributes:
        calibration: temperatures, and scores of the validation photos.
        thresholds: see `promised_thresholds`.
        promised: what the bundle says of its promise, for its metrics.
        cost: in reviews per 1,000 photos of the stream, on the same photos.
    """

    calibration: Calibration
    thresholds: Thresholds
    promised: dict[str, Any]
    cost: float


def choose(
    part: TrainedPart,
    validation: HeldOut,
    samples: Sequence[Sample],
    champion: Manifest,
    rules: GateRules,
    *,
    novelty: bool,
) -> Chosen:
    """Return what validation photos choose for a trained part.

    Args:
        part: the trained part.
        validation, samples: the photos, in one order.
        champion: its manifest.
        rules: the gate's, which say what a decision costs.
        novelty: whether the novelty unit was trained.
    """
    calibration = calibrate(part, validation, novelty=novelty)
    all_scores = calibration.scores.as_scores()

    def cost(thresholds: Thresholds) -> float:
        photos = [
            Scored(sample, scores, decide(scores, thresholds))
            for sample, scores in zip(samples, all_scores, strict=True)
        ]
        each = costs(validation.truth, answers(photos), rules.wrong_tag)
        return mean_cost(validation.truth, each, rules.mix)

    thresholds, promised = promised_thresholds(champion, calibration, validation.truth, cost)
    return Chosen(calibration, thresholds, promised, cost(thresholds))


def promised_thresholds(
    champion: Manifest,
    chosen: Calibration,
    validation: Truth,
    cost: Callable[[Thresholds], float],
) -> tuple[Thresholds, dict[str, Any]]:
    """Return thresholds that keep the champion's promise, and what the bundle says of it.

    Where it made none, or these photos cannot prove it, they are the cheapest of the champion's
    own, those moved by one step up or down, and those chosen for coverage.

    Args:
        champion: its manifest.
        chosen: the candidate's temperatures, thresholds and scores.
        validation: the labels of the photos.
        cost: what thresholds cost on them, in reviews per 1,000 photos of the stream.
    """
    promise, recorded = promise_of(champion.metrics), {}
    if promise is not None:
        promised = keep_promise(chosen.scores, validation, promise, chosen.thresholds)
        if promised is not None:
            recorded = {"promise": promised.as_dict()}
            if promised.is_kept:
                return promised.thresholds, recorded
    # The first wins a tie: the champion's photos proved more than these.
    steps = sorted(range(-STEPS, STEPS + 1), key=abs)
    tried = [_moved(champion.thresholds, step / 100) for step in steps]
    return min([*tried, chosen.thresholds], key=cost), recorded


def _moved(thresholds: Thresholds, step: float) -> Thresholds:
    """Return the thresholds with those of the subclasses moved, not below `LOWEST` nor above 1."""
    sub = {
        name: min(max(round(value + step, 6), min(LOWEST, value)), 1.0)
        for name, value in thresholds.sub.items()
    }
    return replace(thresholds, sub=sub)


def choose_interpolation(
    part: nn.Module, start: Mapping[str, Tensor], choose_now: Callable[[], Chosen]
) -> tuple[float, Chosen]:
    """Leave the trained part where it is cheapest, on the way from ``start`` to where it is.

    Weights between a champion and what training made of it keep more of what the champion knew
    (WiSE-FT, Wortsman et al. 2022); few new reviews justify a small step only.

    Args:
        part: of the network, trained.
        start: its state before.
        choose_now: what validation photos choose for the part as it is.

    Returns:
        The share of the way, and what was chosen there.
    """
    end = copied_state(part)
    tried: dict[float, Chosen] = {}
    for share in SHARES:
        _go(part, start, end, share)
        tried[share] = choose_now()
        logger.info("%.0f %% of the way: %.1f reviews.", 100 * share, tried[share].cost)
    best = min(SHARES, key=lambda share: tried[share].cost)
    _go(part, start, end, best)
    return best, tried[best]


def _go(
    part: nn.Module, start: Mapping[str, Tensor], end: Mapping[str, Tensor], share: float
) -> None:
    part.load_state_dict(dict(end))
    interpolate(part, start, share)
