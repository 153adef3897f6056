"""What a recipe does before, in and after the epochs: the same for a bundle and for each fold."""

import copy
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import torch

from classifier.ml.network import HeadLayout, HierarchicalResNet, with_imagenet_backbone
from training.calibration.held_out import HeldOut, score_of
from training.calibration.near_unit import fit_near_unit
from training.data.batches import BatchSource
from training.data.folder import Sample
from training.data.targets import Targets
from training.engine.config import TrainConfig
from training.engine.joint_heads import fit_joint_heads
from training.engine.stages import TrainedPart, TrainFrom
from training.engine.trainer import Epoch, fit
from training.engine.weights.interpolation import copied_state, interpolate
from training.engine.weights.mean_weights import mean_weights
from training.evaluation.scoring import features_of, truth_of
from training.runtime.checkpoint import has_checkpoint
from training.train.request import TrainRequest

logger = logging.getLogger(__name__)


def new_network(request: TrainRequest) -> HierarchicalResNet:
    """Return a network with the request's backbone and heads from its seed.

    Raises:
        FileNotFoundError, ValueError: as `with_imagenet_backbone`.
    """
    torch.manual_seed(request.config.seed)  # the heads start from random weights
    return with_imagenet_backbone(
        request.backbone, request.stride_placement, request.config.head_layout
    )


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a network is trained and chosen on.

    Attributes:
        batches: of the training photos.
        samples: what these show, in the same order.
        targets: the same for the losses.
        validation: what the best epoch is chosen on.
    """

    batches: BatchSource
    samples: Sequence[Sample]
    targets: Targets
    validation: HeldOut


class TrainedNetwork(NamedTuple):
    """A network, the epochs of all trainings that made it, and their seeds."""

    network: HierarchicalResNet
    epochs: list[Epoch]
    seeds: list[int]


def train_network(
    request: TrainRequest,
    network: HierarchicalResNet,
    data: TrainingData,
    checkpoints: Mapping[int, Path] = MappingProxyType({}),
) -> TrainedNetwork:
    """Train the request's recipe once with each seed, from one start; return the mean.

    Args:
        request: its recipe.
        network: from `new_network`; it becomes the start of all trainings.
        data: what it is trained on.
        checkpoints: the folder of each seed's training; without one, nothing is kept.

    Raises: as `fit`.
    """
    _fit_joint_heads(network, request.config, data)
    networks: list[HierarchicalResNet] = []
    epochs: list[Epoch] = []
    for seed in request.seeds:
        checkpoint = checkpoints.get(seed)
        finish = request.finish and checkpoint is not None
        if checkpoint and finish and networks and not has_checkpoint(checkpoint):
            logger.warning("Seed %d was not begun; the others go on without it.", seed)
            break
        if len(request.seeds) > 1:
            logger.info("Training with seed %d.", seed)
        trained = copy.deepcopy(network)
        config = replace(request.config, seed=seed)
        epochs += fit(
            trained, data.batches, data.targets, config,
            lambda part: score_of(part, data.validation), checkpoint, finish=finish,
        )  # fmt: skip
        _go_back(trained, network, config)
        networks.append(trained)
    mean_weights(networks)
    return TrainedNetwork(networks[0], epochs, list(request.seeds[: len(networks)]))


def fit_units(network: HierarchicalResNet, train_from: TrainFrom, data: TrainingData) -> None:
    """Fit what epochs do not train: the near unit beside separate heads."""
    training = HeldOut(data.batches, truth_of(data.samples))
    fit_near_unit(network, train_from, training, data.validation)


def _go_back(network: HierarchicalResNet, start: HierarchicalResNet, config: TrainConfig) -> None:
    """Go back towards the start, if the recipe says so.

    Joint heads go with the backbone, since they began fitted to its start. Separate heads began at
    random, and stay.
    """
    if config.interpolation == 1:
        return
    joint = config.head_layout is HeadLayout.JOINT
    moved, before = (network, start) if joint else (network.backbone, start.backbone)
    interpolate(moved, copied_state(before), config.interpolation)


def _fit_joint_heads(network: HierarchicalResNet, config: TrainConfig, data: TrainingData) -> None:
    """Fit joint heads to the training photos by regression; separate ones are left alone."""
    if config.head_layout is HeadLayout.JOINT:
        features, rows = features_of(TrainedPart(network, config.train_from), data.batches)
        fit_joint_heads(network, features, [data.samples[row] for row in rows])
