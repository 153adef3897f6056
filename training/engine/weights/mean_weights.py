"""The mean of several trainings' weights (model soups, Wortsman et al. 2022).

Trainings of one recipe from one start differ in what they drew. Their mean is as quick as one of
them, and often better than each. It needs one start: the mean of heads that began at random says
nothing.
"""

from collections.abc import Sequence

import torch
from torch import nn


@torch.no_grad()
def mean_weights(modules: Sequence[nn.Module]) -> None:
    """Give the first of these modules the mean of all their weights and statistics, in place.

    Counters, which are not floating-point numbers, stay as they are.

    Raises:
        ValueError: if there are none, or they are not of one architecture.
    """
    if not modules:
        raise ValueError("There are no weights to take the mean of.")
    states = [module.state_dict() for module in modules]
    shapes = [{name: value.shape for name, value in state.items()} for state in states]
    if any(other != shapes[0] for other in shapes):
        raise ValueError("Only weights of one architecture have a mean; these differ.")
    for name, value in states[0].items():
        if value.is_floating_point():
            value.copy_(torch.stack([state[name].to(value.device) for state in states]).mean(dim=0))
