"""The two-headed network."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from classifier.ml.network import HierarchicalResNet, StridePlacement, load_imagenet_backbone


def test_every_head_has_its_size() -> None:
    """N photos give N rows of three main and nine subclass logits, and one logit of each unit."""
    with torch.inference_mode():
        logits = HierarchicalResNet().eval()(torch.rand(2, 3, 64, 64))
    assert [tuple(part.shape) for part in logits] == [(2, 3), (2, 9), (2,), (2,)]


def test_the_stride_is_where_it_is_said_to_be() -> None:
    """v1 halves on the first 1x1 convolution of a stage, v1.5 on the 3x3."""
    for placement, first, second in (
        (StridePlacement.V1, (2, 2), (1, 1)),
        (StridePlacement.V1_5, (1, 1), (2, 2)),
    ):
        block = HierarchicalResNet(placement).backbone.get_submodule("layer2.0")
        assert block.conv1.stride == first
        assert block.conv2.stride == second


def test_a_backbone_comes_from_a_local_file(tmp_path: Path) -> None:
    """Half-precision weights of torchvision's keys fill it; its classifier is left out."""
    source = HierarchicalResNet().backbone.state_dict()
    halves = {k: v.half() if v.is_floating_point() else v for k, v in source.items()}
    save_file(halves | {"fc.weight": torch.zeros(1)}, tmp_path / "backbone.safetensors")
    network = HierarchicalResNet()
    load_imagenet_backbone(network, tmp_path / "backbone.safetensors")
    torch.testing.assert_close(
        network.backbone.state_dict()["conv1.weight"], halves["conv1.weight"].float()
    )


def test_a_file_that_is_no_backbone_is_refused(tmp_path: Path) -> None:
    """A missing file, foreign weights or the wrong stride placement each get a sentence."""
    network = HierarchicalResNet(StridePlacement.V1)
    with pytest.raises(FileNotFoundError, match="There is no backbone file"):
        load_imagenet_backbone(network, tmp_path / "none.safetensors")
    save_file({"foreign": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    with pytest.raises(ValueError, match="does not hold a ResNet-50"):
        load_imagenet_backbone(network, tmp_path / "foreign.safetensors")
    with pytest.raises(ValueError, match=r"belongs to stride placement v1\.5"):
        load_imagenet_backbone(network, "IMAGENET1K_V2")
