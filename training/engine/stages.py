"""Cut the network in two: a frozen part whose output can be kept, and a part that is trained."""

from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn
from torch.fx.experimental.optimization import fuse

from classifier.ml.network import HierarchicalResNet, Logits, classify


class TrainFrom(StrEnum):
    """The first part of the network that is trained; what lies before it stays frozen."""

    ALL = "all"
    LAYER3 = "layer3"
    LAYER4 = "layer4"
    HEADS = "heads"


_PARTS = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")


def frozen_part(network: HierarchicalResNet, train_from: TrainFrom) -> nn.Module:
    """Return what lies before ``train_from``, for inference: batch norms folded, channels last.

    Input: normalised photos (N, 3, H, W). Output: (N, 512, H/8, W/8) before layer 3,
    (N, 1024, H/16, W/16) before layer 4, (N, 2048) before the heads.

    Raises:
        ValueError: if everything is trained, since nothing is frozen then.
    """
    if train_from is TrainFrom.ALL:
        raise ValueError("Everything is trained; there is no frozen part.")
    if train_from is TrainFrom.HEADS:
        part: nn.Module = network.backbone
    else:
        names = _PARTS[: _PARTS.index(train_from)]
        part = nn.Sequential(*(network.backbone.get_submodule(name) for name in names))
    fused: nn.Module = fuse(part.eval())
    return fused.to(memory_format=torch.channels_last)


class TrainedPart(nn.Module):
    """What lies from ``train_from`` on, and nothing else.

    Its modules are the network's own, not copies: to train the part is to train the network.
    """

    def __init__(
        self, network: HierarchicalResNet, train_from: TrainFrom, dropout: float = 0.0
    ) -> None:
        super().__init__()
        names: tuple[str, ...] = ()
        if train_from is TrainFrom.ALL:
            names = _PARTS
        elif train_from is not TrainFrom.HEADS:
            names = _PARTS[_PARTS.index(train_from) :]
        self.stages = nn.Sequential(*(network.backbone.get_submodule(name) for name in names))
        self.dropout = nn.Dropout(dropout)
        self.main_head, self.sub_head = network.main_head, network.sub_head
        self.novelty_unit, self.near_unit = network.novelty_unit, network.near_unit

    def forward(self, maps: Tensor) -> Logits:
        """Return the logits of photos, of stage outputs (N, C, H, W) or of features (N, 2048)."""
        features = self.dropout(self.features(maps))
        return classify(features, self.main_head, self.sub_head, self.novelty_unit, self.near_unit)

    @property
    def trains_near(self) -> bool:
        """Whether the near unit is trained by gradient, as one of joint heads is."""
        return self.main_head is None

    def features(self, maps: Tensor) -> Tensor:
        """Return the pooled features (N, 2048) of the heads, for the same inputs as `forward`."""
        maps = self.stages(maps)
        return maps.mean(dim=(2, 3)) if maps.dim() == 4 else maps

    def head_parameters(self) -> list[nn.Parameter]:
        """Return the parameters of the heads and units that are trained by gradient."""
        heads = (self.main_head, self.sub_head, self.novelty_unit, self.near_unit)
        return [p for head in heads if head for p in head.parameters() if p.requires_grad]

    def parameter_groups(self, *, backbone_lr: float, head_lr: float) -> list[dict[str, Any]]:
        """Return the groups of an optimiser: the heads, and the backbone where it is trained."""
        groups: list[dict[str, Any]] = [{"params": self.head_parameters(), "lr": head_lr}]
        if backbone := list(self.stages.parameters()):
            groups.append({"params": backbone, "lr": backbone_lr})
        return groups
