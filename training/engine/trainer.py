"""Train what is not frozen: a loop that reads top to bottom.

Both presets, `manage.py reproduce_paper` and retraining use it, on photos or on cached features,
in one process or in several.
"""

import copy
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from classifier.ml.network import HierarchicalResNet, Logits
from training.data.batches import BatchSource
from training.data.targets import Targets
from training.engine.config import TrainConfig
from training.engine.mixing import cut_mixed, mixed
from training.engine.run import Run, TrainingError
from training.engine.stages import TrainedPart
from training.runtime.checkpoint import load_checkpoint, save_checkpoint, under_prefix, with_prefix
from training.runtime.progress import Progress

__all__ = ["Epoch", "TrainingError", "fit"]

logger = logging.getLogger(__name__)

CHECK_EVERY: Final = 10  # steps; to read figures makes the device wait
SHOWN: Final = 20  # steps that the figures beside the bar are about


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch's record.

    Attributes:
        number: from 1.
        loss: mean of the steps.
        score: what the best epoch is chosen by, higher is better.
        seconds: of training alone, without validation and checkpoint.
    """

    number: int
    loss: float
    score: float
    seconds: float = 0.0


def fit(
    network: HierarchicalResNet,
    photos: BatchSource,
    targets: Targets,
    config: TrainConfig,
    validate: Callable[[TrainedPart], float],
    checkpoint: Path | None,
    *,
    finish: bool = False,
) -> list[Epoch]:
    """Train the network in place and leave it with the (averaged) weights of its best epoch.

    Args:
        network: trained from ``config.train_from`` on; its trained part moves to the device.
        photos: what the trained part is given: outputs of the frozen part, or photos.
        targets: their targets, in the same order.
        config: the settings.
        validate: returns a validation score of the part it is given, higher is better. It is called
            once an epoch, in the first process alone.
        checkpoint: folder that holds the run after each epoch; a run found there goes on. None
            keeps nothing.
        finish: train no further and take the best epoch of the run found there.

    Raises:
        TrainingError: if the loss is no longer a number, or there is no run to finish.
        CheckpointError: if the disk is full.
    """
    run = Run(network, config, targets)
    history = History.restored(run, checkpoint)
    if finish and not history.epochs:
        raise TrainingError("There is no stopped run with these settings to finish.")
    last = len(history.epochs) if finish else config.epochs
    for number in range(len(history.epochs) + 1, last + 1):
        started = time.monotonic()
        loss = train_one_epoch(run, photos, targets, config, number)
        seconds = time.monotonic() - started
        score = run.broadcast(validate(run.averaged()) if run.accelerator.is_main_process else 0.0)
        run.schedule.after_epoch(score)
        history.add(Epoch(number, loss, score, seconds), run, of=config.epochs)
        if checkpoint and run.accelerator.is_main_process:
            history.save(run, checkpoint)
    run.part.load_state_dict(history.best)
    network.eval()
    return history.epochs


@dataclass(slots=True)
class History:
    """The epochs of a run so far, and the weights after the best of them."""

    epochs: list[Epoch] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)

    @classmethod
    def restored(cls, run: Run, checkpoint: Path | None) -> "History":
        """Return what a checkpoint holds, and set the run to it; empty where there is none."""
        stored = load_checkpoint(checkpoint) if checkpoint else None
        if stored is None:
            return cls()
        values, tensors = stored
        run.restore(values["run"], tensors)
        epochs = [Epoch(**epoch) for epoch in values["epochs"]]
        logger.info("Going on after epoch %d of a run that was stopped.", len(epochs))
        return cls(epochs, under_prefix("best", tensors))

    def add(self, epoch: Epoch, run: Run, *, of: int) -> None:
        """Add an epoch, of so many; its weights are kept if none before was better."""
        logger.info(
            "Epoch %d of %d: loss %.4f, score %.4f, %.0f s.",
            epoch.number,
            of,
            epoch.loss,
            epoch.score,
            epoch.seconds,
        )
        if not self.epochs or epoch.score > max(before.score for before in self.epochs):
            self.best = copy.deepcopy(run.averaged().state_dict())
        self.epochs.append(epoch)

    def save(self, run: Run, checkpoint: Path) -> None:
        """Write all that the run needs to go on from here."""
        values, tensors = run.state()
        save_checkpoint(
            checkpoint,
            {"run": values, "epochs": [asdict(epoch) for epoch in self.epochs]},
            {**tensors, **with_prefix("best", self.best)},
        )


def train_one_epoch(
    run: Run, photos: BatchSource, targets: Targets, config: TrainConfig, number: int
) -> float:
    """Go once over all photos, or those that are drawn, one view each; return the mean loss.

    Raises:
        TrainingError: if the loss is no longer a number.
    """
    seed = run.begin_epoch(number)
    draw = np.random.default_rng(seed)
    figures: list[Tensor] = []  # of each step: loss, main accuracy, subclass accuracy
    steps = run.steps(number)
    with Progress(f"epoch {number} of {config.epochs}", run.drawn) as progress:
        for step, (rows, inputs) in enumerate(
            photos.training_batches(steps, seed, run.device), start=1
        ):
            if run.every_rank_has(len(rows)):
                batch = targets.rows(rows).on(run.device)
                figures.append(_step(run, inputs, batch, config, draw))
            shown = {}
            if step % CHECK_EVERY == 0 or step == len(steps):
                shown = _shown_figures(figures, config)
            progress.advance(len(rows) * run.accelerator.num_processes, **shown)
    if not figures:
        raise TrainingError("Not one step could be made: the photos cannot be read any more.")
    return float(torch.stack(figures)[:, 0].mean())


def _step(
    run: Run, inputs: Tensor, batch: Targets, config: TrainConfig, draw: np.random.Generator
) -> Tensor:
    """Move the weights once; return loss, main accuracy and subclass accuracy of the batch."""
    if config.mixup > 0 and draw.random() < 0.5:
        inputs, batch = mixed(draw, inputs, batch, config.mixup)
    if config.cutmix > 0 and inputs.dim() == 4 and draw.random() < config.cutmix:
        inputs, batch = cut_mixed(draw, inputs, batch)
    loss, logits = run.forward(inputs, batch)
    run.step(loss)
    return torch.stack([loss.detach(), *accuracies(logits, batch)])


def accuracies(logits: Logits, batch: Targets) -> tuple[Tensor, Tensor]:
    """Return the shares of right main classes and of right subclasses."""
    return _right(logits.main, batch.main), _right(logits.sub, batch.sub)


def _right(logits: Tensor, target: Tensor) -> Tensor:
    """Return the share that is right where the target leans to one class."""
    leaning = target.max(dim=1).values > 0.5
    return (logits.argmax(dim=1) == target.argmax(dim=1))[leaning].float().mean()


def _shown_figures(figures: list[Tensor], config: TrainConfig) -> dict[str, str]:
    """Return what to show beside the bar; all losses so far were numbers."""
    if not figures:
        return {}
    recent = torch.stack(figures[-SHOWN:])
    if not torch.isfinite(recent[:, 0]).all():
        raise TrainingError(
            f"The loss became {float(recent[-1, 0])}. Try lower learning rates than "
            f"{config.backbone_lr} and {config.head_lr}."
        )
    loss, main, sub = recent.nanmean(0).tolist()
    return {"loss": f"{loss:.3f}", "main": f"{main:.1%}", "subclass": f"{sub:.1%}"}
