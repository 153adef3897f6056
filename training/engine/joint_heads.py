"""Fit joint heads to features by regression, before stages are trained with them.

Heads that start fitted do not tear the features apart in the first steps (LP-FT, Kumar et al.
2022).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.ml.network import FEATURES, HeadLayout, HierarchicalResNet
from training.data.balance import balanced_weights
from training.data.folder import Sample
from training.data.targets import OUTPUTS, joint_labels

STRENGTH: Final = 1e-2  # between 1e-3 and 1e-1 it makes little difference
ROUNDS: Final = 60
ROUNDS_FROM_PRESENT: Final = 30  # they begin near their end
LEAST_SPREAD: Final = 1e-3  # of a feature, below which it is taken for constant


def fit_joint_heads(
    network: HierarchicalResNet,
    features: NDArray[np.float32],
    samples: Sequence[Sample],
    *,
    strength: float = STRENGTH,
    from_present: bool = False,
    emphasis: NDArray[np.float64] | None = None,
) -> None:
    """Fit the network's joint heads in place: a weighted multinomial logistic regression.

    Args:
        network: with joint heads.
        features: (N, 2048), of photos as they are served.
        samples: what the N photos show.
        strength: of the penalty on squared weights of standardised features.
        from_present: begin with the heads as they are, and penalise the distance from them
            instead: what the photos say nothing about stays as it was (L2-SP, Li et al. 2018).
        emphasis: factors of the balanced weights, (N,).

    Raises:
        ValueError: if the heads are separate.
    """
    if network.head_layout is not HeadLayout.JOINT:
        raise ValueError("Only joint heads are fitted together; these are separate.")
    mean = features.mean(axis=0)
    spread = features.std(axis=0) + LEAST_SPREAD
    weights = balanced_weights(samples)
    if emphasis is not None:
        weights = weights * emphasis / (weights * emphasis).sum()
    start = _heads(network)
    # As weights of standardised features.
    weight, bias = _regression(
        _standardised(*start, mean, spread) if from_present else _zeros(start),
        torch.from_numpy((features - mean) / spread),
        torch.from_numpy(joint_labels(samples)),
        torch.from_numpy(weights).float(),
        strength,
        ROUNDS_FROM_PRESENT if from_present else ROUNDS,
    )
    # The standardisation becomes part of the heads.
    weight = weight / torch.from_numpy(spread)
    bias = bias - weight @ torch.from_numpy(mean)
    device = network.sub_head.weight.device
    _set(network, weight.to(device), bias.to(device))


def _regression(
    start: tuple[Tensor, Tensor],
    inputs: Tensor,
    labels: Tensor,
    weights: Tensor,
    strength: float,
    rounds: int,
) -> tuple[Tensor, Tensor]:
    linear = nn.Linear(FEATURES, OUTPUTS)
    with torch.no_grad():
        linear.weight.copy_(start[0])
        linear.bias.copy_(start[1])
    optimizer = torch.optim.LBFGS(
        linear.parameters(), max_iter=rounds, history_size=12, line_search_fn="strong_wolfe"
    )

    def loss() -> float:
        optimizer.zero_grad()
        losses = nn.functional.cross_entropy(linear(inputs), labels, reduction="none")
        value = (weights * losses).sum() + strength / 2 * (linear.weight - start[0]).square().sum()
        value.backward()  # type: ignore[no-untyped-call]  # torch's
        return float(value.detach())

    optimizer.step(loss)  # type: ignore[no-untyped-call]  # torch's
    return linear.weight.detach(), linear.bias.detach()


@torch.no_grad()
def _heads(network: HierarchicalResNet) -> tuple[Tensor, Tensor]:
    """Return weights (13, 2048) and biases (13,) of the joint heads, on the CPU."""
    heads = (network.sub_head, network.near_unit, network.novelty_unit)
    weight = torch.cat([head.weight for head in heads]).float().cpu()
    return weight, torch.cat([head.bias for head in heads]).float().cpu()


def _standardised(
    weight: Tensor, bias: Tensor, mean: NDArray[np.float32], spread: NDArray[np.float32]
) -> tuple[Tensor, Tensor]:
    """Return the same heads for features minus ``mean``, over ``spread``."""
    return weight * torch.from_numpy(spread), bias + weight @ torch.from_numpy(mean)


def _zeros(start: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return torch.zeros_like(start[0]), torch.zeros_like(start[1])


@torch.no_grad()
def _set(network: HierarchicalResNet, weight: Tensor, bias: Tensor) -> None:
    heads = (network.sub_head, network.near_unit, network.novelty_unit)
    start = 0
    for head in heads:
        rows = slice(start, start + head.out_features)
        head.weight.copy_(weight[rows])
        head.bias.copy_(bias[rows])
        start = rows.stop
