"""How far a candidate leaves its champion is chosen by cost, and what was trained is left there."""

import copy
from typing import Any

import pytest
import torch

from classifier.decision import Thresholds
from classifier.ml.network import HierarchicalResNet
from training.engine.stages import TrainedPart, TrainFrom
from training.engine.weights.interpolation import copied_state
from training.retrain.choose import SHARES, Chosen, choose_interpolation


@pytest.fixture
def trained(untrained_network: HierarchicalResNet) -> tuple[TrainedPart, dict[str, torch.Tensor]]:
    """Heads one step away from their start, and that start."""
    part = copy.deepcopy(TrainedPart(untrained_network, TrainFrom.HEADS)).eval()
    with torch.no_grad():
        part.sub_head.bias.zero_()
        start = copied_state(part)
        part.sub_head.bias.fill_(1.0)
    return part, start


@pytest.mark.parametrize("cheapest", SHARES)
def test_the_heads_are_left_where_it_is_cheapest(
    cheapest: float, trained: tuple[TrainedPart, dict[str, torch.Tensor]]
) -> None:
    """Each share of the way is priced as the heads stand there, and the cheapest stays."""
    part, start = trained

    def choose_now() -> Chosen:
        there = float(part.sub_head.bias.detach()[0])
        calibration: Any = there
        return Chosen(calibration, Thresholds(), {}, cost=abs(there - cheapest))

    share, chosen = choose_interpolation(part, start, choose_now)
    assert share == cheapest
    assert chosen.calibration == pytest.approx(cheapest)
    assert float(part.sub_head.bias.detach()[0]) == pytest.approx(cheapest)


def test_on_a_tie_the_trained_weights_stay(
    trained: tuple[TrainedPart, dict[str, torch.Tensor]],
) -> None:
    """Where nothing tells the shares apart, what was learned is kept whole."""
    part, start = trained
    calibration: Any = None
    share, _ = choose_interpolation(
        part, start, lambda: Chosen(calibration, Thresholds(), {}, cost=7.0)
    )
    assert share == 1.0
    assert float(part.sub_head.bias.detach()[0]) == 1.0
