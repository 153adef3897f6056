"""The study's recipe: one loop for both phases, on photos or on cached features."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.optim import Adam
from torch.optim.lr_scheduler import ReduceLROnPlateau

from classifier.ml.manifest import Temperature
from classifier.ml.network import HierarchicalResNet, Logits
from classifier.ml.predictor import best_device
from training.paper.feeds import Feed
from training.progress import Progress
from training.scoring import LogitArrays, Probabilities, probabilities, truth_of
from training.stages import TrainedPart, TrainFrom
from training.targets import Targets, build_targets
from training.trainer import TrainingError, heads_loss

logger = logging.getLogger(__name__)

BACKBONE_LR: Final = 1e-4
HEAD_LR: Final = 1e-3
FACTOR: Final = 0.5
PATIENCE: Final = 3
JUDGED_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class PhaseRun:
    """What came of one run.

    Attributes:
        found: validation scores after each epoch that a table asks for.
        best_main: best validation accuracy of the main head over all epochs. It is chosen and
            reported on the same photos, as the study's is, and so a little too good.
    """

    found: dict[int, Probabilities]
    best_main: float


def run_phase(
    network: HierarchicalResNet,
    train_from: TrainFrom,
    train: Feed,
    validation: Feed,
    *,
    batch_size: int,
    epochs: Sequence[int],
    seed: int = 0,
) -> PhaseRun:
    """Train the network in place for ``max(epochs)`` epochs, and judge it after each.

    One run serves all training lengths: nothing in the recipe looks ahead, so the first ten epochs
    of thirty are the ten of a shorter run. The schedule watches the mean of both accuracies.

    Raises:
        PhotosError: if a subclass has no training photo.
        TrainingError: if the loss is no longer a number.
    """
    torch.manual_seed(seed)
    shuffle = torch.Generator().manual_seed(seed)
    part = TrainedPart(network, train_from).to(best_device())
    optimizer = Adam(part.parameter_groups(backbone_lr=BACKBONE_LR, head_lr=HEAD_LR))
    schedule = ReduceLROnPlateau(optimizer, mode="max", factor=FACTOR, patience=PATIENCE)
    targets = build_targets(train.samples)
    truth = truth_of(validation.samples)
    found: dict[int, Probabilities] = {}
    best_main = 0.0
    for epoch in range(1, max(epochs) + 1):
        loss = _train_one_epoch(part, optimizer, train, targets, batch_size, shuffle)
        scores = judge(part, validation)
        main = float((scores.main.argmax(1) == truth.main).mean())
        sub = float((scores.sub.argmax(1) == truth.sub).mean())
        schedule.step((main + sub) / 2)
        best_main = max(best_main, main)
        logger.info("Epoch %d: loss %.4f, main %.4f, subclass %.4f.", epoch, loss, main, sub)
        if epoch in epochs:
            found[epoch] = scores
    return PhaseRun(found, best_main)


def _train_one_epoch(
    part: TrainedPart,
    optimizer: Adam,
    train: Feed,
    targets: Targets,
    batch_size: int,
    shuffle: torch.Generator,
) -> float:
    """Go once over all photos; return the mean loss of a batch."""
    part.train()
    losses = []
    device = next(part.parameters()).device
    with Progress("training", len(train.samples)) as progress:
        for rows, inputs in train.batches(batch_size, shuffle):
            batch = Targets(*(column.to(device) for column in targets.rows(rows)))
            loss = heads_loss(part(inputs.to(device)), batch)
            if not math.isfinite(loss.item()):
                raise TrainingError(f"The loss became {loss.item()}; the weights have diverged.")
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's
            optimizer.step()
            losses.append(loss.item())
            progress.advance(len(rows))
    return float(np.mean(losses))


@torch.inference_mode()
def judge(part: TrainedPart, feed: Feed) -> Probabilities:
    """Return the scores of all samples of a feed, in order.

    Raises:
        TrainingError: if a photo could be read before and cannot be now.
    """
    part.eval()
    device = next(part.parameters()).device
    made: list[Logits] = []
    seen: list[Tensor] = []
    for rows, inputs in feed.batches(JUDGED_AT_ONCE):
        made.append(part(inputs.to(device)))
        seen.append(rows)
    if sum(map(len, seen)) != len(feed.samples):
        raise TrainingError(
            f"Only {sum(map(len, seen))} of {len(feed.samples)} validation photos can still be "
            "read; the log names the others. Do not change the folder during a run."
        )
    return probabilities(LogitArrays.of(made), Temperature())
