"""Cut the network in two: a frozen part whose output can be kept, and a part that is trained."""

from collections import OrderedDict
from enum import StrEnum
from typing import Any, Self

import torch
from torch import Tensor, nn

from classifier.ml.engines.folded import folded
from classifier.ml.network import HierarchicalResNet, Logits, classify


class TrainFrom(StrEnum):
    """The first part of the network that is trained; what lies before it stays frozen."""

    ALL = "all"
    LAYER2 = "layer2"
    LAYER3 = "layer3"
    LAYER4 = "layer4"
    HEADS = "heads"

    @property
    def takes_photos(self) -> bool:
        """Whether the trained part is given photos, and not kept outputs of a frozen part.

        Outputs before layer 2 are larger than the photos, so they are computed in each step.
        """
        return self in (TrainFrom.ALL, TrainFrom.LAYER2)


_PARTS = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")
_EARLY = _PARTS[: _PARTS.index("layer3")]


def frozen_part(network: HierarchicalResNet, train_from: TrainFrom) -> nn.Module:
    """Return what lies before ``train_from``, for inference: batch norms folded, channels last.

    Input: normalised photos (N, 3, H, W). Output: (N, 512, H/8, W/8) before layer 3,
    (N, 1024, H/16, W/16) before layer 4, (N, 2048) before the heads.

    Raises:
        ValueError: if the trained part takes photos, and not the outputs of a frozen part.
    """
    if train_from.takes_photos:
        raise ValueError(f"From {train_from} on, training takes photos; there is no frozen part.")
    if train_from is TrainFrom.HEADS:
        part: nn.Module = network.backbone
    else:
        names = _PARTS[: _PARTS.index(train_from)]
        part = nn.Sequential(
            OrderedDict((name, network.backbone.get_submodule(name)) for name in names)
        )
    return folded(part)


class TrainedPart(nn.Module):
    """What lies from ``train_from`` on, and nothing else; from layer 2 on also what comes before.

    Its modules are the network's own, not copies: to train the part is to train the network.

    Args:
        network: whose part it is.
        train_from: the first stage that is trained. Stem and layer 1 before a trained layer 2 take
            no gradient.
        dropout: share of pooled features dropped while training.
        frozen_norms: whether batch norms stay as they came while the convolutions are trained.
    """

    def __init__(
        self,
        network: HierarchicalResNet,
        train_from: TrainFrom,
        dropout: float = 0.0,
        *,
        frozen_norms: bool = False,
    ) -> None:
        super().__init__()
        names: tuple[str, ...] = ()
        if train_from.takes_photos:
            names = _PARTS
        elif train_from is not TrainFrom.HEADS:
            names = _PARTS[_PARTS.index(train_from) :]
        frozen = _PARTS[: _PARTS.index(train_from)] if train_from is TrainFrom.LAYER2 else ()
        self.stages = nn.Sequential(*(network.backbone.get_submodule(name) for name in names))
        # Batch norms of frozen stages always stay as they came.
        self._still = [network.backbone.get_submodule(name) for name in frozen]
        if frozen_norms:
            self._still += [m for m in self.stages.modules() if isinstance(m, nn.BatchNorm2d)]
        for module in self._still:
            module.requires_grad_(False)
        self._early = [network.backbone.get_submodule(name) for name in names if name in _EARLY]
        self.dropout = nn.Dropout(dropout)
        self.main_head, self.sub_head = network.main_head, network.sub_head
        self.novelty_unit, self.near_unit = network.novelty_unit, network.near_unit

    def train(self, mode: bool = True) -> Self:
        """Set the mode of what is trained; what stays as it came is always evaluated."""
        super().train(mode)
        for module in self._still:
            module.eval()
        return self

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

    def parameter_groups(
        self, *, backbone_lr: float, head_lr: float, early_share: float = 1.0
    ) -> list[dict[str, Any]]:
        """Return the groups of an optimiser: the heads, and the backbone where it is trained.

        Args:
            backbone_lr, head_lr: learning rates.
            early_share: of ``backbone_lr``, for layer 2 and what comes before it.
        """
        trained = [p for p in self.stages.parameters() if p.requires_grad]
        early = {id(p) for module in self._early for p in module.parameters()}
        groups: list[dict[str, Any]] = [{"params": self.head_parameters(), "lr": head_lr}]
        for rate, parameters in (
            (backbone_lr, [p for p in trained if id(p) not in early]),
            (backbone_lr * early_share, [p for p in trained if id(p) in early]),
        ):
            if parameters:
                groups.append({"params": parameters, "lr": rate})
        return groups


class JointOutputs(nn.Module):
    """A part with joint heads, for training: what goes into their one softmax.

    Args:
        part: with joint heads; it is trained in place.
    """

    def __init__(self, part: TrainedPart) -> None:
        super().__init__()
        self.part = part

    def forward(self, maps: Tensor) -> Tensor:
        """Return 13 outputs (N, 13): nine subclasses, near of each main class, others."""
        features = self.part.dropout(self.part.features(maps))
        heads = (self.part.sub_head, self.part.near_unit, self.part.novelty_unit)
        return torch.cat([head(features) for head in heads], dim=1)
