"""Cutting the network in two must not change what it says."""

from pathlib import Path

import pytest
import torch

from classifier.ml.network import HeadLayout, HierarchicalResNet, StridePlacement
from classifier.taxonomy import MAIN_OF, SUBCLASSES
from training.data.folder import Sample
from training.data.targets import build_targets
from training.engine.losses import total_loss
from training.engine.stages import TrainedPart, TrainFrom, frozen_part


@pytest.fixture(scope="module")
def network() -> HierarchicalResNet:
    """A network with calm random weights, in evaluation mode."""
    torch.manual_seed(0)
    network = HierarchicalResNet(StridePlacement.V1)
    for name, parameter in network.named_parameters():
        if name.endswith("bn3.weight"):
            parameter.data.mul_(0.2)
    return network.eval()


@pytest.mark.parametrize("train_from", [TrainFrom.LAYER3, TrainFrom.LAYER4, TrainFrom.HEADS])
@torch.inference_mode()
def test_frozen_and_trained_part_together_are_the_network(
    network: HierarchicalResNet, train_from: TrainFrom
) -> None:
    """The trained part on the frozen part's output gives the whole network's logits."""
    photos = torch.randn(2, 3, 64, 64)
    maps = frozen_part(network, train_from)(photos)
    for cut, whole in zip(TrainedPart(network, train_from)(maps), network(photos), strict=True):
        assert torch.allclose(cut, whole, atol=1e-3, rtol=1e-3)


def test_training_leaves_frozen_batch_norms_alone(network: HierarchicalResNet) -> None:
    """In training mode the trained stage's batch norms learn; those before it keep still."""
    part = TrainedPart(network, TrainFrom.LAYER4).train()
    assert network.backbone.get_submodule("layer4.0.bn1").training
    assert not network.backbone.get_submodule("layer3.0.bn1").training
    part.eval()


def test_joint_heads_train_their_near_unit_and_separate_ones_do_not() -> None:
    """One step on near photos moves the near unit of joint heads alone."""
    photos = [Sample(Path(f"{i}.jpg"), "Bags", None, str(i)) for i in range(2)]
    items = [Sample(Path(f"{sub}.jpg"), MAIN_OF[sub], sub, sub) for sub in SUBCLASSES]
    targets = build_targets([*items, *photos])
    for layout in HeadLayout:
        torch.manual_seed(0)
        network = HierarchicalResNet(head_layout=layout)
        part = TrainedPart(network, TrainFrom.HEADS)
        assert part.trains_near == (layout is HeadLayout.JOINT)
        assert len(part.head_parameters()) == 6
        before = network.near_unit.weight.detach().clone()
        optimizer = torch.optim.SGD(part.head_parameters(), lr=0.1)
        total_loss(part(torch.rand(11, 2048)), targets, 0.5, 0.5 * part.trains_near).backward()
        optimizer.step()
        moved = not torch.equal(network.near_unit.weight, before)
        assert moved == (layout is HeadLayout.JOINT)


def test_nothing_is_frozen_when_everything_is_trained(network: HierarchicalResNet) -> None:
    """Asking for the frozen part of a network that is trained whole is an error."""
    with pytest.raises(ValueError, match="no frozen part"):
        frozen_part(network, TrainFrom.ALL)


def test_the_trained_part_holds_nothing_that_is_frozen(network: HierarchicalResNet) -> None:
    """Its state is stage 4 and the heads: what a checkpoint must keep, and processes compare."""
    names = {name.split(".")[0] for name in TrainedPart(network, TrainFrom.LAYER4).state_dict()}
    assert names == {"stages", "main_head", "sub_head", "novelty_unit", "near_unit"}
    trained = sum(p.numel() for p in TrainedPart(network, TrainFrom.LAYER4).parameters())
    assert trained < 0.7 * sum(p.numel() for p in network.parameters())
