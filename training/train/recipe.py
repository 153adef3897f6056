"""What a recipe does before and after the epochs: the same for a bundle and for each fold."""

from collections.abc import Sequence

import torch
from torch import Tensor

from classifier.ml.network import HeadLayout, HierarchicalResNet, load_imagenet_backbone
from training.calibration.held_out import HeldOut
from training.calibration.near_unit import fit_near_unit
from training.data.batches import BatchSource
from training.data.folder import Sample
from training.engine.config import TrainConfig
from training.engine.interpolation import copied_state, interpolate
from training.engine.joint_heads import fit_joint_heads
from training.engine.stages import TrainedPart
from training.evaluation.scoring import features_of, truth_of
from training.train.request import TrainRequest


def new_network(request: TrainRequest) -> HierarchicalResNet:
    """Return a network with the request's backbone and heads from its seed.

    Raises:
        FileNotFoundError, ValueError: as `load_imagenet_backbone`.
    """
    torch.manual_seed(request.config.seed)  # the heads start from random weights
    network = HierarchicalResNet(request.stride_placement, request.config.head_layout)
    load_imagenet_backbone(network, request.backbone)
    return network


def before_epochs(
    network: HierarchicalResNet,
    config: TrainConfig,
    batches: BatchSource,
    trained: Sequence[Sample],
) -> dict[str, Tensor]:
    """Give the heads their start; return the backbone's, for `after_epochs`."""
    start = copied_state(network.backbone)
    _fit_heads(network, config, batches, trained)
    return start


def after_epochs(
    network: HierarchicalResNet,
    config: TrainConfig,
    start: dict[str, Tensor],
    batches: BatchSource,
    trained: Sequence[Sample],
    validation: HeldOut,
) -> None:
    """Go back towards the backbone's start, if the recipe says so, and fit what epochs do not."""
    if config.interpolation < 1:
        interpolate(network.backbone, start, config.interpolation)
        _fit_heads(network, config, batches, trained)  # the trained ones belong to other features
    training = HeldOut(batches, truth_of(trained))
    fit_near_unit(network, config.train_from, training, validation)


def _fit_heads(
    network: HierarchicalResNet,
    config: TrainConfig,
    batches: BatchSource,
    trained: Sequence[Sample],
) -> None:
    """Fit joint heads to the training photos by regression; separate ones are left alone."""
    if config.head_layout is HeadLayout.JOINT:
        features, rows = features_of(TrainedPart(network, config.train_from), batches)
        fit_joint_heads(network, features, [trained[row] for row in rows])
