"""Weights between a start and where training led from it (WiSE-FT, Wortsman et al. 2022).

Training on few sources costs a backbone some of what it knew of all others; on the way between,
most of the gain is there and little of the loss.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn


def copied_state(module: nn.Module) -> dict[str, Tensor]:
    """Return a module's state as it is now, on the CPU; later training does not change it."""
    return {name: value.detach().cpu().clone() for name, value in module.state_dict().items()}


@torch.no_grad()
def interpolate(module: nn.Module, start: Mapping[str, Tensor], share: float) -> None:
    """Put the module's weights ``share`` of the way from ``start`` to what they are, in place.

    Counters, which are not floating-point numbers, stay as they are, and so does to the bit what
    was not trained: calculated, a weight of -0.0 would become 0.0, and the weights' hash another.

    Raises:
        ValueError: if the share is not between 0 and 1, or the start is of another module.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"The share must lie between 0 and 1; it is {share}.")
    state = module.state_dict()
    if set(state) != set(start):
        raise ValueError("The start is of another module: its weights have other names.")
    for name, value in state.items():
        before = start[name].to(value.device)
        if value.is_floating_point() and not torch.equal(value, before):
            value.copy_(before.lerp(value, share))
