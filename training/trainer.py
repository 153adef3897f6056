"""Train what is not frozen: a loop that reads top to bottom."""

import copy
import logging
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from classifier.ml.network import HierarchicalResNet, Logits
from training.checkpoint import (
    load_checkpoint,
    optimizer_tensors,
    restore_optimizer,
    save_checkpoint,
    under_prefix,
    with_prefix,
)
from training.config import TrainConfig
from training.feature_cache import FeatureCache
from training.progress import Progress
from training.stages import TrainedPart
from training.targets import Targets

logger = logging.getLogger(__name__)


class TrainingError(Exception):
    """Training cannot go on; the message says why and what to try."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch's record; ``score`` is what the best epoch is chosen by, higher is better."""

    number: int
    loss: float
    score: float


def class_loss(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return the weighted cross-entropy of soft targets, averaged over the sum of weights."""
    losses = -(target * log_softmax(logits, dim=1)).sum(dim=1)  # (N,)
    return (losses * weight).sum() / weight.sum()


def total_loss(logits: Logits, targets: Targets, novelty_weight: float) -> Tensor:
    """Return both heads' loss + weighted novelty loss."""
    novelty = binary_cross_entropy_with_logits(logits.novelty, targets.novelty)
    return heads_loss(logits, targets) + novelty_weight * novelty


def heads_loss(logits: Logits, targets: Targets) -> Tensor:
    """Return the weighted cross-entropy of both heads, summed: the study's loss."""
    main = class_loss(logits.main, targets.main, targets.main_weight)
    return main + class_loss(logits.sub, targets.sub, targets.sub_weight)


class Run:
    """What changes while training: the part, its running average, optimiser, schedule, chance."""

    def __init__(
        self, network: HierarchicalResNet, config: TrainConfig, steps_an_epoch: int
    ) -> None:
        torch.manual_seed(config.seed)
        self.draw = np.random.default_rng(config.seed)
        self.part = TrainedPart(network, config.train_from, config.dropout)
        self._average = AveragedModel(
            self.part,
            multi_avg_fn=get_ema_multi_avg_fn(config.ema),  # type: ignore[no-untyped-call]  # torch's
            use_buffers=True,
        )
        groups = self.part.parameter_groups(backbone_lr=config.backbone_lr, head_lr=config.head_lr)
        self._optimizer = AdamW(groups, weight_decay=config.weight_decay)
        steps = config.epochs * steps_an_epoch
        self._schedule = LambdaLR(
            self._optimizer, lambda step: _warm_cosine(step, steps, config.warmup)
        )

    def step(self, loss: Tensor) -> None:
        """Move the weights against the gradient of ``loss``, then the average after them."""
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        self._optimizer.step()
        self._schedule.step()
        self._average.update_parameters(self.part)

    def averaged(self) -> TrainedPart:
        """Return the part with averaged weights, for evaluation."""
        return cast(TrainedPart, self._average.module.eval())

    def state(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Return all that changes while training, as JSON-ready values and as tensors."""
        values = {"chance": self.draw.bit_generator.state, "steps": self._schedule.last_epoch}
        tensors = {
            "torch_chance": torch.get_rng_state(),
            **with_prefix("part", self.part.state_dict()),
            **with_prefix("average", self._average.state_dict()),
            **optimizer_tensors(self._optimizer),
        }
        return values, tensors

    def restore(self, values: dict[str, Any], tensors: dict[str, Tensor]) -> None:
        """Go back to a `state`."""
        self.draw.bit_generator.state = values["chance"]
        torch.set_rng_state(tensors["torch_chance"])
        self.part.load_state_dict(under_prefix("part", tensors))
        self._average.load_state_dict(under_prefix("average", tensors))
        restore_optimizer(self._optimizer, tensors)
        self._schedule.last_epoch = values["steps"]
        for group, rate in zip(
            self._optimizer.param_groups, self._schedule.lr_lambdas, strict=True
        ):
            group["lr"] = group["initial_lr"] * rate(values["steps"])


def train_one_epoch(
    run: Run, cache: FeatureCache, targets: Targets, config: TrainConfig, progress: Progress
) -> float:
    """Go once over all photos, one view of each; return the mean loss.

    Raises:
        TrainingError: if the loss is no longer a number.
    """
    run.part.train()
    losses = []
    order = run.draw.permutation(len(targets.novelty))
    for start in range(0, len(order), config.batch_size):
        photos = order[start : start + config.batch_size]
        if len(photos) < 2:
            continue  # batch norm needs two
        maps, batch = draw_batch(run.draw, photos, cache, targets, config)
        loss = total_loss(run.part(maps), batch, config.novelty_weight)
        if not math.isfinite(loss.item()):
            raise TrainingError(
                f"The loss became {loss.item()}. Try lower learning rates than "
                f"{config.backbone_lr} and {config.head_lr}."
            )
        run.step(loss)
        losses.append(loss.item())
        progress.advance(len(photos), loss=f"{np.mean(losses[-20:]):.3f}")
    return float(np.mean(losses))


def draw_batch(
    draw: np.random.Generator,
    photos: NDArray[np.intp],
    cache: FeatureCache,
    targets: Targets,
    config: TrainConfig,
) -> tuple[Tensor, Targets]:
    """Return one view of each photo, at times flipped or mixed with another, and its targets."""
    maps = cache.read(photos, draw.integers(cache.views, size=len(photos)))
    batch = targets.rows(torch.from_numpy(photos))
    if maps.dim() == 4 and draw.random() < 0.5:
        maps = maps.flip(3)
    if config.mixup > 0 and draw.random() < 0.5:
        share = float(draw.beta(config.mixup, config.mixup))
        other = torch.from_numpy(draw.permutation(len(photos)))
        maps = share * maps + (1 - share) * maps[other]
        batch = batch.mixed(other, share)
    if maps.dim() == 4:
        maps = maps.contiguous(memory_format=torch.channels_last)
    return maps, batch


def fit(
    network: HierarchicalResNet,
    cache: FeatureCache,
    targets: Targets,
    config: TrainConfig,
    judge: Callable[[TrainedPart], float],
    checkpoint: Path,
    *,
    finish: bool = False,
) -> list[Epoch]:
    """Train the network in place and leave it with the averaged weights of its best epoch.

    Args:
        network: trained from ``config.train_from`` on.
        cache: outputs of the frozen part for the training photos.
        targets: what the network should say of them, in the same order.
        config: the settings.
        judge: returns a validation score of the part it is given, higher is better.
        checkpoint: folder that holds the run after each epoch; a run found there goes on.
        finish: train no further and take the best epoch of the run found there.

    Raises:
        TrainingError: if the loss is no longer a number, or there is no run to finish.
    """
    run = Run(network, config, math.ceil(len(targets.novelty) / config.batch_size))
    epochs: list[Epoch] = []
    best: dict[str, Tensor] = {}
    if found := load_checkpoint(checkpoint):
        values, tensors = found
        run.restore(values["run"], tensors)
        epochs = [Epoch(**epoch) for epoch in values["epochs"]]
        best = under_prefix("best", tensors)
        logger.info("Going on after epoch %d of a run that was stopped.", len(epochs))
    if finish and not epochs:
        raise TrainingError("There is no stopped run with these settings to finish.")
    last = len(epochs) if finish else config.epochs
    for number in range(len(epochs) + 1, last + 1):
        with Progress(f"epoch {number} of {config.epochs}", len(targets.novelty)) as progress:
            loss = train_one_epoch(run, cache, targets, config, progress)
        score = judge(run.averaged())
        logger.info("Epoch %d of %d: loss %.4f, score %.4f.", number, config.epochs, loss, score)
        if not epochs or score > max(epoch.score for epoch in epochs):
            best = copy.deepcopy(run.averaged().state_dict())
        epochs.append(Epoch(number, loss, score))
        values, tensors = run.state()
        save_checkpoint(
            checkpoint,
            {"run": values, "epochs": [asdict(epoch) for epoch in epochs]},
            {**tensors, **with_prefix("best", best)},
        )
    run.part.load_state_dict(best)
    network.eval()
    return epochs


def _warm_cosine(step: int, steps: int, warmup: float) -> float:
    rise = max(1, round(steps * warmup))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))
