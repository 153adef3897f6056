"""How far a candidate leaves its champion is chosen by cost, and the network is left there."""

from typing import Any

import pytest
import torch

from classifier.decision import Thresholds
from classifier.ml.network import HeadLayout, HierarchicalResNet
from training.engine.weights.interpolation import copied_state
from training.retrain.choose import SHARES, Chosen, choose_interpolation


@pytest.fixture
def trained() -> tuple[HierarchicalResNet, dict[str, torch.Tensor]]:
    """A network one step away from its start, and that start."""
    network = HierarchicalResNet(head_layout=HeadLayout.JOINT).eval()
    with torch.no_grad():
        network.sub_head.bias.zero_()
        start = copied_state(network)
        network.sub_head.bias.fill_(1.0)
    return network, start


@pytest.mark.parametrize("cheapest", SHARES)
def test_the_network_is_left_where_it_is_cheapest(
    cheapest: float, trained: tuple[HierarchicalResNet, dict[str, torch.Tensor]]
) -> None:
    """Each share of the way is priced as the network stands there, and the cheapest stays."""
    network, start = trained

    def choose_now() -> Chosen:
        there = float(network.sub_head.bias.detach()[0])
        calibration: Any = there
        return Chosen(calibration, Thresholds(), {}, cost=abs(there - cheapest))

    share, chosen = choose_interpolation(network, start, choose_now)
    assert share == cheapest
    assert chosen.calibration == pytest.approx(cheapest)
    assert float(network.sub_head.bias.detach()[0]) == pytest.approx(cheapest)


def test_on_a_tie_the_trained_weights_stay(
    trained: tuple[HierarchicalResNet, dict[str, torch.Tensor]],
) -> None:
    """Where nothing tells the shares apart, what was learned is kept whole."""
    network, start = trained
    calibration: Any = None
    share, _ = choose_interpolation(
        network, start, lambda: Chosen(calibration, Thresholds(), {}, cost=7.0)
    )
    assert share == 1.0
    assert float(network.sub_head.bias.detach()[0]) == 1.0
