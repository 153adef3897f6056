"""The two-headed network."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from classifier.ml.network import (
    HeadLayout,
    HierarchicalResNet,
    StridePlacement,
    joint_logits,
    with_imagenet_backbone,
)
from classifier.ml.resnet import ResNet50
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES


@pytest.mark.parametrize("layout", HeadLayout)
def test_every_head_has_its_size(layout: HeadLayout) -> None:
    """N photos give N rows of three main and nine subclass logits, and one logit of each unit."""
    with torch.inference_mode():
        logits = HierarchicalResNet(head_layout=layout).eval()(torch.rand(2, 3, 64, 64))
    assert [tuple(part.shape) for part in logits] == [(2, 3), (2, 9), (2,), (2,)]


def test_joint_heads_are_one_softmax_that_adds_up() -> None:
    """Main classes, near share and novelty are sums of the same 13 shares, level by level."""
    torch.manual_seed(0)
    raw = torch.randn(5, 13).double() * 3
    shares = raw.softmax(dim=1)
    logits = joint_logits(raw[:, :9], raw[:, 9:12], raw[:, 12])
    goods = 1 - shares[:, 12]
    for i, main in enumerate(MAIN_CLASSES):
        members = [SUBCLASSES.index(sub) for sub in SUBCLASSES if MAIN_OF[sub] == main]
        added = shares[:, [*members, 9 + i]].sum(dim=1)
        torch.testing.assert_close(logits.main.softmax(dim=1)[:, i], added / goods)
    torch.testing.assert_close(logits.novelty.sigmoid(), shares[:, 12])
    torch.testing.assert_close(logits.near.sigmoid(), shares[:, 9:12].sum(dim=1) / goods)
    items = shares[:, :9].sum(dim=1, keepdim=True)
    torch.testing.assert_close(logits.sub.softmax(dim=1), shares[:, :9] / items)


def test_the_stride_is_where_it_is_said_to_be() -> None:
    """v1 halves on the first 1x1 convolution of a stage, v1.5 on the 3x3."""
    for placement, first, second in (
        (StridePlacement.V1, (2, 2), (1, 1)),
        (StridePlacement.V1_5, (1, 1), (2, 2)),
    ):
        block = HierarchicalResNet(placement).backbone.get_submodule("layer2.0")
        assert block.conv1.stride == first
        assert block.conv2.stride == second


def test_the_backbone_is_torchvisions_resnet_50() -> None:
    """The same seed draws the same weights, in the same order, and they say the same of photos."""
    # Imported here: the product gets along without it.
    from torchvision.models import resnet50

    torch.manual_seed(0)
    theirs = resnet50(weights=None).eval()
    torch.manual_seed(0)
    ours = ResNet50().eval()
    pairs = zip(ours.state_dict().items(), theirs.state_dict().items(), strict=True)
    for (name, tensor), (their_name, their_tensor) in pairs:
        assert name == their_name
        assert torch.equal(tensor, their_tensor)
    assert [name for name, _ in ours.named_children()] == [n for n, _ in theirs.named_children()]
    photos = torch.rand(2, 3, 65, 97)
    with torch.inference_mode():
        assert torch.equal(ours(photos), theirs(photos))


def test_a_backbone_comes_from_a_local_file(tmp_path: Path) -> None:
    """Half-precision weights of torchvision's keys fill it; its classifier is left out."""
    source = HierarchicalResNet().backbone.state_dict()
    halves = {k: v.half() if v.is_floating_point() else v for k, v in source.items()}
    save_file(halves | {"fc.weight": torch.zeros(1)}, tmp_path / "backbone.safetensors")
    network = with_imagenet_backbone(tmp_path / "backbone.safetensors")
    torch.testing.assert_close(
        network.backbone.state_dict()["conv1.weight"], halves["conv1.weight"].float()
    )


def test_a_file_that_is_no_backbone_is_refused(tmp_path: Path) -> None:
    """A missing file, foreign weights or the wrong stride placement each get a sentence."""
    with pytest.raises(FileNotFoundError, match="There is no backbone file"):
        with_imagenet_backbone(tmp_path / "none.safetensors")
    save_file({"foreign": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    with pytest.raises(ValueError, match="does not hold a ResNet-50"):
        with_imagenet_backbone(tmp_path / "foreign.safetensors")
    with pytest.raises(ValueError, match=r"belongs to stride placement v1\.5"):
        with_imagenet_backbone("IMAGENET1K_V2", StridePlacement.V1)
