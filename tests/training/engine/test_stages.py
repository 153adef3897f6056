"""Cutting the network in two must not change what it says."""

import copy
from pathlib import Path

import pytest
import torch

from classifier.ml.network import (
    HeadLayout,
    HierarchicalResNet,
    StridePlacement,
    joint_logits,
)
from classifier.taxonomy import MAIN_OF, SUBCLASSES
from tests.training.labelled import item, near, other
from training.data.folder import Sample
from training.data.targets import build_targets, joint_labels
from training.engine.duration import in_words, seconds_a_photo
from training.engine.losses import joint_loss, total_loss
from training.engine.stages import JointOutputs, TrainedPart, TrainFrom, frozen_part


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


def test_from_layer_2_on_stem_and_layer_1_stay_as_they_came(network: HierarchicalResNet) -> None:
    """They take no gradient and keep their statistics; layer 2 moves at its own rate."""
    part = TrainedPart(copy.deepcopy(network), TrainFrom.LAYER2).train()
    rates = {"backbone_lr": 1.0, "head_lr": 3.0, "early_share": 0.5}
    heads, late, early = part.parameter_groups(**rates)
    assert [group["lr"] for group in (heads, late, early)] == [3.0, 1.0, 0.5]
    moving = {name for name, value in part.named_parameters() if value.requires_grad}
    assert not any(name.startswith(("stages.0", "stages.1.", "stages.4")) for name in moving)
    layer2 = [name for name in moving if name.startswith("stages.5.")]
    assert len(early["params"]) == len(layer2) > 0
    before = {name: value.clone() for name, value in part.state_dict().items()}
    part(torch.randn(2, 3, 32, 32))
    learnt = {n for n, value in part.state_dict().items() if not value.equal(before[n])}
    assert {name.split(".")[1] for name in learnt} == {"5", "6", "7"}


def test_frozen_norms_neither_learn_nor_move(network: HierarchicalResNet) -> None:
    """In training, batch norms of a trained stage keep statistics and weights."""
    part = TrainedPart(copy.deepcopy(network), TrainFrom.LAYER4, frozen_norms=True).train()
    before = {name: value.clone() for name, value in part.state_dict().items()}
    part(torch.randn(2, 1024, 4, 4)).sub.sum().backward()
    assert all(value.equal(before[name]) for name, value in part.state_dict().items())
    with_gradient = {name for name, p in part.named_parameters() if p.grad is not None}
    assert "stages.0.0.conv1.weight" in with_gradient
    assert not any(".bn" in name or "downsample.1" in name for name in with_gradient)


def test_a_joint_loss_is_the_cross_entropy_of_what_the_scores_come_from() -> None:
    """The 13 outputs give the same logits as the part, and the loss of each photo's own output."""
    torch.manual_seed(0)
    part = TrainedPart(HierarchicalResNet(head_layout=HeadLayout.JOINT), TrainFrom.HEADS)
    photos = [item(sub) for sub in SUBCLASSES] + [near("Shoes"), other()]
    features = torch.rand(len(photos), 2048)
    outputs = JointOutputs(part)(features)
    logits = joint_logits(outputs[:, :9], outputs[:, 9:12], outputs[:, 12])
    for one, same in zip(logits, part(features), strict=True):
        torch.testing.assert_close(one, same)
    own = outputs.log_softmax(dim=1)[range(len(photos)), joint_labels(photos)]
    torch.testing.assert_close(joint_loss(outputs, build_targets(photos)), -own.mean())


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


@pytest.mark.parametrize("train_from", [TrainFrom.ALL, TrainFrom.LAYER2])
def test_what_takes_photos_has_no_frozen_part(
    network: HierarchicalResNet, train_from: TrainFrom
) -> None:
    """Asking for outputs to keep is an error where the trained part is given photos."""
    with pytest.raises(ValueError, match="no frozen part"):
        frozen_part(network, train_from)


def test_timing_a_step_leaves_the_part_as_it_was(network: HierarchicalResNet) -> None:
    """Weights, statistics, gradients and mode are those from before."""
    part = TrainedPart(copy.deepcopy(network), TrainFrom.ALL).train()
    before = {name: value.clone() for name, value in part.state_dict().items()}
    assert seconds_a_photo(part, 32) > 0
    assert all(value.equal(before[name]) for name, value in part.state_dict().items())
    assert part.training
    assert all(parameter.grad is None for parameter in part.parameters())
    assert [in_words(s) for s in (5, 600, 40_000)] == ["a minute", "10 minutes", "11 hours"]


def test_the_trained_part_holds_nothing_that_is_frozen(network: HierarchicalResNet) -> None:
    """Its state is stage 4 and the heads: what a checkpoint must keep, and processes compare."""
    names = {name.split(".")[0] for name in TrainedPart(network, TrainFrom.LAYER4).state_dict()}
    assert names == {"stages", "main_head", "sub_head", "novelty_unit", "near_unit"}
    trained = sum(p.numel() for p in TrainedPart(network, TrainFrom.LAYER4).parameters())
    assert trained < 0.7 * sum(p.numel() for p in network.parameters())
