"""The state of a training: weights, their running average, optimiser, rates; and its device."""

from typing import Any, cast

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from classifier.ml.network import HierarchicalResNet, Logits, joint_logits
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.data.targets import Targets
from training.engine.config import Loss, TrainConfig
from training.engine.losses import joint_loss, total_loss
from training.engine.schedules import schedule_of
from training.engine.stages import JointOutputs, TrainedPart
from training.runtime.checkpoint import (
    optimizer_tensors,
    restore_optimizer,
    under_prefix,
    with_prefix,
)
from training.runtime.devices import Precision, autocast, make_accelerator, resolve_precision


class TrainingError(Exception):
    """Training cannot go on; the message says why and what to try."""


class Run:
    """A part in training, on the devices that the launcher gave.

    Args:
        network: trained in place.
        config: the settings.
        targets: of the photos to train on.

    Raises:
        TrainingError: if there are too few photos for a step.
        ValueError: if the device does not have this precision.
    """

    def __init__(self, network: HierarchicalResNet, config: TrainConfig, targets: Targets) -> None:
        self._config, self._photos = config, len(targets.balance)
        self._weights = targets.balance.double().numpy()
        self.accelerator: Accelerator = make_accelerator()
        self.device: torch.device = self.accelerator.device
        self._precision = resolve_precision(config.precision, self.device)
        self._scaler = torch.amp.GradScaler(  # fp16 alone needs it
            self.device.type, enabled=self._precision is Precision.FP16
        )
        torch.manual_seed(config.seed)
        self.part = TrainedPart(
            network, config.train_from, config.dropout, frozen_norms=config.frozen_norms
        )
        self.part.to(self.device).to(memory_format=torch.channels_last)
        self._average: AveragedModel | None = None
        self._averaged = 0  # moves of the average; its own counter would have to leave the device
        if config.ema:
            self._average = AveragedModel(
                self.part, multi_avg_fn=self._move_average, use_buffers=True
            )
        groups = self.part.parameter_groups(
            backbone_lr=config.backbone_lr,
            head_lr=config.head_lr,
            early_share=config.early_lr_share,
        )
        self._optimizer = AdamW(groups, weight_decay=config.weight_decay)
        self.schedule = schedule_of(config, self._optimizer, config.epochs * self._steps())
        trained = JointOutputs(self.part) if config.loss is Loss.JOINT else self.part
        self._wrapped: nn.Module = self.accelerator.prepare_model(trained)

    def steps(self, epoch: int) -> list[NDArray[np.intp]]:
        """Return this process's photos of each step of an epoch: its share of each batch."""
        order, size = self._order(epoch), self._config.batch_size
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        share = slice(self.accelerator.process_index, None, self.accelerator.num_processes)
        return [batch[share] for batch in batches[: self._steps()]]

    @property
    def drawn(self) -> int:
        """How many photos an epoch takes."""
        return self._config.draws or self._photos

    def _order(self, epoch: int) -> NDArray[np.intp]:
        """Return the photos of an epoch: all of them shuffled, or as many as are drawn."""
        draw = np.random.default_rng((self._config.seed, epoch))
        if self._config.draws:
            return draw.choice(
                self._photos, self._config.draws, p=self._weights / self._weights.sum()
            )
        return draw.permutation(self._photos)

    def _steps(self) -> int:
        """Return the steps of an epoch; batch norm needs two photos in every process."""
        fewest: int = 2 * self.accelerator.num_processes
        size = self._config.batch_size
        whole, rest = divmod(self.drawn, size)
        if min(size, self.drawn) < fewest:
            raise TrainingError(
                f"A step needs 2 photos in each of {self.accelerator.num_processes} processes; "
                f"there are {self.drawn} photos an epoch, {size} a step. Take more photos "
                "or a larger --batch-size."
            )
        return whole + (rest >= fewest)

    def begin_epoch(self, epoch: int) -> tuple[int, ...]:
        """Prepare for an epoch, and return its seed.

        It is the numbers of run, epoch and process, so a run that was killed goes on with the same
        random numbers.
        """
        self.part.train()
        seed = (self._config.seed, epoch, self.accelerator.process_index)
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))  # dropout
        return seed

    def every_rank_has(self, photos: int) -> bool:
        """Return whether every process could read two photos of this step at least."""
        if self.accelerator.num_processes == 1:
            return photos >= 2
        enough = torch.tensor([int(photos >= 2)], device=self.device)
        return bool(self.accelerator.reduce(enough, "sum").item() == self.accelerator.num_processes)

    def forward(self, inputs: Tensor, batch: Targets) -> tuple[Tensor, Logits]:
        """Return the loss of a batch and its logits, while the part is trained, both in full."""
        with autocast(self._precision, self.device):
            outputs = self._wrapped(inputs)
        config = self._config
        if config.loss is Loss.JOINT:
            joint = outputs.float()
            return joint_loss(joint, batch), joint_logits(*_columns(joint.detach()))
        logits = Logits(*(column.float() for column in outputs))
        near_weight = config.outlier_weight if self.part.trains_near else 0.0
        return total_loss(logits, batch, config.novelty_weight, near_weight), logits

    def step(self, loss: Tensor) -> None:
        """Move the weights against the gradient of ``loss``, then the average after them."""
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]  # torch's
        if self._config.clip:
            self._scaler.unscale_(self._optimizer)
            nn.utils.clip_grad_norm_(self.part.parameters(), self._config.clip)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self.schedule.after_step()
        if self._average:
            self._average.update_parameters(self.part)
            self._averaged += 1

    def _move_average(
        self,
        averaged: tuple[Tensor, ...] | list[Tensor],
        current: tuple[Tensor, ...] | list[Tensor],
        count: Tensor | int,
    ) -> None:
        """Move averaged values towards the current ones; the first moves are larger.

        With one decay from the beginning a short run would end near its first step: 36 % of it are
        left after two hundred steps at 0.995.
        """
        decay = min(self._config.ema, (1 + self._averaged) / (10 + self._averaged))
        get_ema_multi_avg_fn(decay)(averaged, current, count)  # type: ignore[no-untyped-call]  # torch's

    def averaged(self) -> TrainedPart:
        """Return the part with averaged weights, for evaluation; the part itself without any."""
        part = cast(TrainedPart, self._average.module) if self._average else self.part
        return part.eval()

    def broadcast(self, value: float) -> float:
        """Return the first process's value, in all of them."""
        return float(broadcast_object_list([value])[0])

    def state(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Return all that changes while training, as JSON-ready values and as tensors."""
        values = {"rates": self.schedule.state(), "scaler": self._scaler.state_dict()}
        averaged = self._average.state_dict() if self._average else {}
        tensors = {
            **with_prefix("part", self.part.state_dict()),
            **with_prefix("average", averaged),
            **optimizer_tensors(self._optimizer),
        }
        return values, tensors

    def restore(self, values: dict[str, Any], tensors: dict[str, Tensor]) -> None:
        """Go back to a `state`."""
        self.part.load_state_dict(under_prefix("part", tensors))
        if self._average:
            self._average.load_state_dict(under_prefix("average", tensors))
            self._averaged = int(self._average.n_averaged)
        restore_optimizer(self._optimizer, tensors)
        self._scaler.load_state_dict(values["scaler"])
        self.schedule.restore(values["rates"])


def _columns(joint: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return joint outputs (N, 13) as subclasses (N, 9), near (N, 3) and others (N,)."""
    end = len(SUBCLASSES)
    return joint[:, :end], joint[:, end : end + len(MAIN_CLASSES)], joint[:, -1]
