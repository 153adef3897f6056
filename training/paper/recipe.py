"""One phase of the study: one training, at several lengths."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from classifier.ml.manifest import Temperature
from classifier.ml.network import HierarchicalResNet
from training.data.batches import BatchSource
from training.data.folder import Sample
from training.data.targets import build_targets
from training.engine.config import TrainConfig
from training.engine.stages import TrainedPart
from training.engine.trainer import fit
from training.evaluation.scoring import Probabilities, logits_of, probabilities, truth_of


class PhasePhotos(NamedTuple):
    """Labelled photos, and a source of their batches, in the same order."""

    samples: Sequence[Sample]
    batches: BatchSource


@dataclass(frozen=True, slots=True)
class PhaseRun:
    """The scores of one run.

    Attributes:
        scores: validation scores after each epoch that a table asks for.
        best_main: best validation accuracy of the main head over all epochs. It is chosen and
            reported on the same photos, as the study's is, and so a little too good.
        beside: scores of other photos after the last epoch, where there were any.
    """

    scores: dict[int, Probabilities]
    best_main: float
    beside: Probabilities | None = None


def run_phase(
    network: HierarchicalResNet,
    config: TrainConfig,
    train: PhasePhotos,
    validation: PhasePhotos,
    *,
    epochs: Sequence[int],
    beside: BatchSource | None = None,
) -> PhaseRun:
    """Train the network for ``max(epochs)`` epochs, and score it after each.

    One run serves all training lengths: nothing in the recipe looks ahead, so the first ten epochs
    of thirty are the ten of a shorter run. The schedule watches both accuracies, evenly.

    Raises:
        PhotosError: if a subclass has no training photo, or a photo can no longer be read.
        TrainingError: if the loss is no longer a number.
    """
    truth = truth_of(validation.samples)
    scores: list[Probabilities] = []
    mains: list[float] = []
    others: list[Probabilities] = []

    def validate(part: TrainedPart) -> float:
        scores.append(scores_of(part, validation.batches))
        if beside is not None and len(scores) == max(epochs):
            others.append(scores_of(part, beside))
        mains.append(float((scores[-1].main.argmax(1) == truth.main).mean()))
        return mains[-1] + float((scores[-1].sub.argmax(1) == truth.sub).mean())

    targets = build_targets(train.samples)
    longest = replace(config, epochs=max(epochs))
    fit(network, train.batches, targets, longest, validate, checkpoint=None)
    scores_at = {epoch: scores[epoch - 1] for epoch in epochs}
    return PhaseRun(scores_at, max(mains), others[0] if others else None)


def scores_of(part: TrainedPart, batches: BatchSource) -> Probabilities:
    """Return the scores of these photos without a temperature, which the study did not have."""
    return probabilities(logits_of(part, batches), Temperature())
