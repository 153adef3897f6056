"""The hierarchical ResNet-50: a backbone, and heads that tell main class, subclass and neither."""

from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple, cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from classifier.ml.resnet import Bottleneck, ResNet50
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, TAXONOMY

FEATURES: Final = 2048
SILENT: Final = -16.0  # a logit that says "no" to all that matters, also in half precision


class StridePlacement(StrEnum):
    """Where stages 2 to 4 halve the picture in their first block.

    ``v1.5`` is torchvision's ResNet-50 (stride on the 3x3 convolution); ``v1`` is the original
    (He et al. 2015, stride on the first 1x1). Weights of one lose accuracy in the other.
    """

    V1_5 = "v1.5"
    V1 = "v1"


class HeadLayout(StrEnum):
    """How the heads divide the work.

    ``separate``: each is a classifier of its own. ``joint``: nine subclasses, the near share of
    each main class and "none of our goods" are one softmax over 13 outputs, and a main class is
    what its subclasses and its near share add up to, so that the levels cannot contradict.
    """

    SEPARATE = "separate"
    JOINT = "joint"


class Logits(NamedTuple):
    """Raw outputs for a batch of N photos."""

    main: Tensor  # (N, 3)
    sub: Tensor  # (N, 9)
    novelty: Tensor  # (N,) that the photo shows none of our goods
    near: Tensor  # (N,) that it is of a main class, but of none of its subclasses


class HierarchicalResNet(nn.Module):
    """ResNet-50 whose pooled features feed two heads, a novelty unit and a near unit.

    With separate heads the near unit says "no" to every photo until it is fitted, which happens
    after training and not by gradient (`training.calibration.near_unit`). Joint heads have no main
    head, and a near unit with one output for each main class that is trained like the rest.

    Input: (N, 3, H, W), ImageNet-normalised; H and W at least 32. Output: `Logits`.

    Args:
        stride_placement: of the backbone.
        head_layout: how the heads divide the work.
        backbone: as `build_backbone` returns it for these strides; a new one without it.
    """

    def __init__(
        self,
        stride_placement: StridePlacement = StridePlacement.V1_5,
        head_layout: HeadLayout = HeadLayout.SEPARATE,
        *,
        backbone: ResNet50 | None = None,
    ) -> None:
        super().__init__()
        self.stride_placement = stride_placement
        self.head_layout = head_layout
        self.backbone = backbone or build_backbone(stride_placement)
        joint = head_layout is HeadLayout.JOINT
        self.main_head = None if joint else nn.Linear(FEATURES, len(MAIN_CLASSES))
        self.sub_head = nn.Linear(FEATURES, len(SUBCLASSES))
        self.novelty_unit = nn.Linear(FEATURES, 1)
        self.near_unit = nn.Linear(FEATURES, len(MAIN_CLASSES) if joint else 1)
        if not joint:
            self.near_unit.requires_grad_(False)
            nn.init.zeros_(self.near_unit.weight)
            nn.init.constant_(self.near_unit.bias, SILENT)

    def forward(self, photos: Tensor) -> Logits:
        return self.classify_features(self.backbone(photos))

    def classify_features(self, features: Tensor) -> Logits:
        """Return the logits for pooled backbone features of shape (N, 2048)."""
        return classify(features, self.main_head, self.sub_head, self.novelty_unit, self.near_unit)


def classify(
    features: Tensor,
    main_head: nn.Module | None,
    sub_head: nn.Module,
    novelty_unit: nn.Module,
    near_unit: nn.Module,
) -> Logits:
    """Return what these heads say of features (N, 2048); without a main head they are joint."""
    sub, near = sub_head(features), near_unit(features)
    novelty = novelty_unit(features).squeeze(1)
    if main_head is None:
        return joint_logits(sub, near, novelty)
    return Logits(main_head(features), sub, novelty, near.squeeze(1))


def joint_logits(sub: Tensor, near: Tensor, others: Tensor) -> Logits:
    """Return what one softmax over 13 outputs says at each level.

    Softmax of ``main`` is the main class given that the photo shows our goods, softmax of ``sub``
    the subclass given that it shows an item, the sigmoids of ``near`` and ``novelty`` the shares
    of near photos among our goods and of others among all.

    Args:
        sub: (N, 9). near: (N, 3), of each main class. others: (N,).
    """
    members = [
        torch.stack([sub[:, SUBCLASSES.index(name)] for name in TAXONOMY[main]] + [near[:, i]])
        for i, main in enumerate(MAIN_CLASSES)
    ]
    main = torch.stack([member.logsumexp(dim=0) for member in members], dim=1)
    return Logits(
        main=main,
        sub=sub,
        novelty=others - main.logsumexp(dim=1),
        near=near.logsumexp(dim=1) - sub.logsumexp(dim=1),
    )


def build_backbone(stride_placement: StridePlacement) -> ResNet50:
    """Return an untrained ResNet-50 that ends in pooled features, (N, 2048)."""
    backbone = ResNet50()
    if stride_placement is StridePlacement.V1:
        for stage in ("layer2", "layer3", "layer4"):
            first = cast(Bottleneck, backbone.get_submodule(f"{stage}.0"))
            first.conv1.stride, first.conv2.stride = (2, 2), (1, 1)
    backbone.fc = nn.Identity()  # the heads take the features instead
    return backbone


def with_imagenet_backbone(
    weights: str | Path = "IMAGENET1K_V2",
    stride_placement: StridePlacement = StridePlacement.V1_5,
    head_layout: HeadLayout = HeadLayout.SEPARATE,
) -> HierarchicalResNet:
    """Return a network with a backbone trained on ImageNet, and untrained heads.

    Args:
        weights: a name torchvision knows (downloaded, stride placement v1.5), or the path of a
            safetensors file with torchvision's keys.
        stride_placement: what the weights belong to.
        head_layout: how the heads divide the work.

    Raises:
        FileNotFoundError: if a path was given and there is no such file.
        ValueError: if torchvision's weights are asked for a v1 network, or keys do not match.
    """
    state = _imagenet_weights(weights, stride_placement)
    # On no device: random numbers for 24 million weights would only be thrown away.
    with torch.device("meta"):
        backbone = build_backbone(stride_placement)
    try:
        backbone.load_state_dict(state, assign=True)
    except RuntimeError as mismatch:
        raise ValueError(f"{weights} does not hold a ResNet-50: {mismatch}") from mismatch
    return HierarchicalResNet(stride_placement, head_layout, backbone=backbone)


def _imagenet_weights(weights: str | Path, stride_placement: StridePlacement) -> dict[str, Tensor]:
    if isinstance(weights, Path) or weights.endswith(".safetensors"):
        path = Path(weights)
        if not path.is_file():
            raise FileNotFoundError(f"There is no backbone file {path}.")
        state = load_file(path)
    elif stride_placement is not StridePlacement.V1_5:
        raise ValueError(
            f"torchvision's {weights} belongs to stride placement v1.5; "
            f"the network was built as {stride_placement}."
        )
    else:
        # Imported here: only who trains from these weights needs torchvision, and it takes long.
        from torchvision.models import ResNet50_Weights

        state = dict(ResNet50_Weights[weights].get_state_dict(progress=True))
    return {
        # Copies: training writes into them, and a file's lie in memory that is mapped to it.
        name: tensor.to(torch.float32, copy=True) if tensor.is_floating_point() else tensor.clone()
        for name, tensor in state.items()
        if not name.startswith("fc.")
    }
