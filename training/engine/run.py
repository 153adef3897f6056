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

from classifier.ml.network import HierarchicalResNet, Logits
from training.engine.config import TrainConfig
from training.engine.schedules import schedule_of
from training.engine.stages import TrainedPart
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
        photos: how many there are to train on.

    Raises:
        TrainingError: if there are too few photos for a step.
        ValueError: if the device does not have this precision.
    """

    def __init__(self, network: HierarchicalResNet, config: TrainConfig, photos: int) -> None:
        self._seed, self._photos, self._batch_size = config.seed, photos, config.batch_size
        self.accelerator: Accelerator = make_accelerator()
        self.device: torch.device = self.accelerator.device
        self._precision = resolve_precision(config.precision, self.device)
        self._scaler = torch.amp.GradScaler(  # fp16 alone needs it
            self.device.type, enabled=self._precision is Precision.FP16
        )
        torch.manual_seed(config.seed)
        self.part = TrainedPart(network, config.train_from, config.dropout)
        self.part.to(self.device).to(memory_format=torch.channels_last)
        self._average: AveragedModel | None = None
        if config.ema:
            averaging = get_ema_multi_avg_fn(config.ema)  # type: ignore[no-untyped-call]  # torch's
            self._average = AveragedModel(self.part, multi_avg_fn=averaging, use_buffers=True)
        groups = self.part.parameter_groups(backbone_lr=config.backbone_lr, head_lr=config.head_lr)
        self._optimizer = AdamW(groups, weight_decay=config.weight_decay)
        self.schedule = schedule_of(config, self._optimizer, config.epochs * self._steps())
        self._wrapped: nn.Module = self.accelerator.prepare_model(self.part)

    def steps(self, epoch: int) -> list[NDArray[np.intp]]:
        """Return this process's photos of each step of an epoch: its share of each batch."""
        order = np.random.default_rng((self._seed, epoch)).permutation(self._photos)
        batches = [
            order[start : start + self._batch_size]
            for start in range(0, len(order), self._batch_size)
        ]
        share = slice(self.accelerator.process_index, None, self.accelerator.num_processes)
        return [batch[share] for batch in batches[: self._steps()]]

    def _steps(self) -> int:
        """Return the steps of an epoch; batch norm needs two photos in every process."""
        fewest: int = 2 * self.accelerator.num_processes
        whole, rest = divmod(self._photos, self._batch_size)
        if self._batch_size < fewest or self._photos < fewest:
            raise TrainingError(
                f"A step needs 2 photos in each of {self.accelerator.num_processes} processes; "
                f"there are {self._photos} photos, {self._batch_size} a step. Take more photos "
                "or a larger --batch-size."
            )
        return whole + (rest >= fewest)

    def begin_epoch(self, epoch: int) -> tuple[int, ...]:
        """Prepare for an epoch, and return its seed.

        It is the numbers of run, epoch and process, so a run that was killed goes on with the same
        random numbers.
        """
        self.part.train()
        seed = (self._seed, epoch, self.accelerator.process_index)
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))  # dropout
        return seed

    def every_rank_has(self, photos: int) -> bool:
        """Return whether every process could read two photos of this step at least."""
        if self.accelerator.num_processes == 1:
            return photos >= 2
        enough = torch.tensor([int(photos >= 2)], device=self.device)
        return bool(self.accelerator.reduce(enough, "sum").item() == self.accelerator.num_processes)

    def logits(self, inputs: Tensor) -> Logits:
        """Return the logits of the part while it is trained, in full precision."""
        with autocast(self._precision, self.device):
            logits: Logits = self._wrapped(inputs)
        return Logits(*(column.float() for column in logits))

    def step(self, loss: Tensor) -> None:
        """Move the weights against the gradient of ``loss``, then the average after them."""
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]  # torch's
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self.schedule.after_step()
        if self._average:
            self._average.update_parameters(self.part)

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
        restore_optimizer(self._optimizer, tensors)
        self._scaler.load_state_dict(values["scaler"])
        self.schedule.restore(values["rates"])
