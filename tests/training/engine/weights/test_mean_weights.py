"""The mean of several trainings' weights."""

import pytest
import torch
from torch import nn

from training.engine.weights.mean_weights import mean_weights


def test_the_first_of_three_becomes_their_mean() -> None:
    """Weights and statistics are averaged, counters are not, the others stay as they were."""
    modules = [nn.BatchNorm1d(2) for _ in range(3)]
    for number, module in enumerate(modules):
        nn.init.constant_(module.weight, number)
        module.running_mean.fill_(10 * number)
        module.num_batches_tracked.fill_(number + 5)
    mean_weights(modules)
    assert modules[0].weight.tolist() == [1, 1]
    assert modules[0].running_mean.tolist() == [10, 10]
    assert modules[0].num_batches_tracked == 5
    assert modules[2].weight.tolist() == [2, 2]
    assert modules[0].weight.requires_grad


def test_one_is_its_own_mean() -> None:
    """A training with one seed ends with its own weights, to the last bit."""
    module = nn.Linear(3, 3)
    before = module.weight.detach().clone()
    mean_weights([module])
    assert torch.equal(module.weight, before)


@pytest.mark.parametrize(
    ("modules", "sentence"),
    [([], "There are no weights"), ([nn.Linear(2, 2), nn.Linear(2, 3)], "of one architecture")],
)
def test_what_has_no_mean_is_an_error(modules: list[nn.Module], sentence: str) -> None:
    """None at all, and weights of different shapes."""
    with pytest.raises(ValueError, match=sentence):
        mean_weights(modules)
