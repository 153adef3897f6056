"""Between a start and its training."""

import pytest
import torch
from torch import nn

from training.engine.weights.interpolation import copied_state, interpolate


def layers() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_weights_and_running_statistics_lie_on_the_way(share: float) -> None:
    """Every number is its share of the way from the start to the trained one."""
    module = layers()
    start = copied_state(module)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.5)
    module(torch.randn(8, 3)).square().sum().backward()
    optimizer.step()
    trained = copied_state(module)
    interpolate(module, start, share)
    for name, value in module.state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(value, (1 - share) * start[name] + share * trained[name])
        else:
            assert value == trained[name]


def test_a_share_beyond_the_way_and_a_foreign_start_are_refused() -> None:
    """Each gets a sentence, and the module stays as it was."""
    module = layers()
    start = copied_state(module)
    with pytest.raises(ValueError, match="between 0 and 1"):
        interpolate(module, start, 1.5)
    with pytest.raises(ValueError, match="another module"):
        interpolate(module, copied_state(nn.Linear(3, 4)), 0.5)


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_what_was_not_trained_stays_to_the_bit(share: float) -> None:
    """A weight of -0.0 stays -0.0: features are kept under the hash of the weights behind them."""
    module = nn.Linear(2, 1)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[-0.0, 3.0]]))
    interpolate(module, copied_state(module), share)
    assert torch.signbit(module.weight).tolist() == [[True, False]]
