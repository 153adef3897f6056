"""Cut the network in two: a frozen part whose output can be kept, and a part that is trained."""

from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn
from torch.fx.experimental.optimization import fuse

from classifier.ml.network import HierarchicalResNet, Logits


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
    """What lies from ``train_from`` on. Its parameters are the network's own, not copies."""

    def __init__(
        self, network: HierarchicalResNet, train_from: TrainFrom, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.network = network
        self.dropout = nn.Dropout(dropout)
        first = 0 if train_from is TrainFrom.ALL else None
        if train_from in (TrainFrom.LAYER3, TrainFrom.LAYER4):
            first = _PARTS.index(train_from)
        self._names = () if first is None else _PARTS[first:]

    def forward(self, maps: Tensor) -> Logits:
        for name in self._names:
            maps = self.network.backbone.get_submodule(name)(maps)
        features = maps.mean(dim=(2, 3)) if maps.dim() == 4 else maps
        return self.network.classify_features(self.dropout(features))

    def backbone_parameters(self) -> list[nn.Parameter]:
        """Return the trained parameters that came with ImageNet weights."""
        return [
            parameter
            for name in self._names
            for parameter in self.network.backbone.get_submodule(name).parameters()
        ]

    def head_parameters(self) -> list[nn.Parameter]:
        """Return the parameters of the heads and the novelty unit, which start from nothing."""
        heads = (self.network.main_head, self.network.sub_head, self.network.novelty_unit)
        return [parameter for head in heads for parameter in head.parameters()]

    def parameter_groups(self, *, backbone_lr: float, head_lr: float) -> list[dict[str, Any]]:
        """Return the groups of an optimiser: the heads, and the backbone where it is trained."""
        groups: list[dict[str, Any]] = [{"params": self.head_parameters(), "lr": head_lr}]
        if backbone := self.backbone_parameters():
            groups.append({"params": backbone, "lr": backbone_lr})
        return groups

    def train(self, mode: bool = True) -> "TrainedPart":
        """Switch the trained stages alone: frozen batch norms keep their statistics."""
        super().train(False)
        self.dropout.train(mode)
        for name in self._names:
            self.network.backbone.get_submodule(name).train(mode)
        return self
