"""What validation photos choose for a candidate: thresholds, and how far it leaves the champion."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from torch import Tensor

from classifier.decision import Thresholds, decide
from classifier.ml.manifest import Manifest
from classifier.ml.network import HierarchicalResNet
from training.calibration.calibrate import Calibration, calibrate, keep_promise
from training.calibration.held_out import HeldOut
from training.calibration.promise import promise_of
from training.data.folder import Sample
from training.engine.interpolation import copied_state, interpolate
from training.engine.stages import TrainedPart
from training.evaluation.product_scores import Scored
from training.evaluation.scoring import Truth
from training.gate.cost import costs, mean_cost
from training.gate.rules import GateRules
from training.gate.score_models import answers

logger = logging.getLogger(__name__)

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
    thresholds, promised = promised_thresholds(champion, calibration, validation.truth)
    photos = [
        Scored(sample, scores, decide(scores, thresholds))
        for sample, scores in zip(samples, calibration.scores.as_scores(), strict=True)
    ]
    cost = costs(validation.truth, answers(photos), rules.wrong_tag)
    return Chosen(calibration, thresholds, promised, mean_cost(validation.truth, cost, rules.mix))


def promised_thresholds(
    champion: Manifest, chosen: Calibration, validation: Truth
) -> tuple[Thresholds, dict[str, Any]]:
    """Return thresholds that keep the champion's promise, and what the bundle says of it.

    Where these photos cannot prove it, they are the champion's own: its photos proved more, and at
    temperatures that were fitted anew a confidence means the same. Where it made no promise, they
    are those chosen for coverage.
    """
    promise = promise_of(champion.metrics)
    if promise is None:
        return chosen.thresholds, {}
    promised = keep_promise(chosen.scores, validation, promise, chosen.thresholds)
    if promised is None:
        return champion.thresholds, {}
    kept = promised.thresholds if promised.is_kept else champion.thresholds
    return kept, {"promise": promised.as_dict()}


def choose_interpolation(
    network: HierarchicalResNet, start: Mapping[str, Tensor], choose_now: Callable[[], Chosen]
) -> tuple[float, Chosen]:
    """Leave the network where it is cheapest, on the way from ``start`` to where it is.

    Weights between a champion and what training made of it keep more of what the champion knew
    (WiSE-FT, Wortsman et al. 2022); few new reviews justify a small step only.

    Args:
        network: trained.
        start: its state before.
        choose_now: what validation photos choose for the network as it is.

    Returns:
        The share of the way, and what was chosen there.
    """
    end = copied_state(network)
    tried: dict[float, Chosen] = {}
    for share in SHARES:
        _go(network, start, end, share)
        tried[share] = choose_now()
        logger.info("%.0f %% of the way: %.1f reviews.", 100 * share, tried[share].cost)
    best = min(SHARES, key=lambda share: tried[share].cost)
    _go(network, start, end, best)
    return best, tried[best]


def _go(
    network: HierarchicalResNet,
    start: Mapping[str, Tensor],
    end: Mapping[str, Tensor],
    share: float,
) -> None:
    network.load_state_dict(dict(end))
    interpolate(network, start, share)
