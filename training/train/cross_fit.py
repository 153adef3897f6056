"""Scores of photos by networks that were trained without them: one training for each fold."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from accelerate import Accelerator
from numpy.typing import NDArray

from classifier.decision import Thresholds
from classifier.ml.manifest import sha256_of
from training.calibration.calibrate import calibrate
from training.calibration.held_out import HeldOut
from training.calibration.held_out_scores import HeldOutScores, held_out_scores
from training.data.batches import BatchSource
from training.data.folder import Kind, PhotosError, Sample
from training.data.splits.leave_out import Fold
from training.data.splits.split import stratified_split
from training.data.targets import build_targets
from training.engine.stages import TrainedPart
from training.evaluation.scoring import probabilities, truth_of
from training.features.feature_batches import FeatureBatches
from training.features.subset import FeatureSubset
from training.train.batch_sources import source_builder
from training.train.log_duration import log_duration
from training.train.recipe import TrainingData, fit_units, new_network, train_network
from training.train.request import TrainRequest

logger = logging.getLogger(__name__)

VALIDATION: Final = 0.15  # of the products that a fold trains on
OF_FEW: Final = 0.35  # the same where that is not one of any label
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class FoldScores:
    """One turn of a cross-fitting.

    Attributes:
        name: of what was left out.
        scores: of the photos left out.
        thresholds: chosen for coverage on validation photos of the same training.
    """

    name: str
    scores: HeldOutScores
    thresholds: Thresholds


def cross_fit(
    request: TrainRequest,
    samples: Sequence[Sample],
    folds: Sequence[Fold],
    accelerator: Accelerator,
) -> list[FoldScores]:
    """Train the request's recipe once for each fold, and score what the fold leaves out.

    Outputs of the frozen part are computed once for all folds. Of what a fold trains on, 15 % of
    the products chooses epoch, temperatures and thresholds.

    Args:
        request: its photos, name and output play no part.
        samples: all photos.
        folds: what is left out in turn.

    Raises:
        PhotosError, CacheError, DiskFullError, TrainingError, UnreadablePhotoError, ValueError
    """
    inputs = _Inputs(request, samples, accelerator)
    photos = round(np.mean([len(fold.train) for fold in folds]))
    log_duration(request, new_network(request).to(inputs.device), photos, len(folds))
    scores = []
    for number, fold in enumerate(folds, start=1):
        logger.info(
            "Fold %d of %d: without %s, %d photos to train on, %d to score.",
            number, len(folds), fold.name, len(fold.train), len(fold.held_out),
        )  # fmt: skip
        scores.append(_one_fold(request, samples, fold, inputs))
    return scores


class _Inputs:
    """What the trained part takes, of any of the photos."""

    def __init__(
        self, request: TrainRequest, samples: Sequence[Sample], accelerator: Accelerator
    ) -> None:
        self._samples, self.device = samples, accelerator.device
        self._build = source_builder(new_network(request), request, accelerator)
        self._training: FeatureBatches | None = None
        if self._build.features is None:
            return
        views = self._build.views
        if not views.takes_scenes:
            self._training = self._build.features.build(samples, "training", views)
        # Where the first view is not augmented, it is the evaluation view.
        self._evaluation = (
            self._training
            if self._training and views.evaluation_view
            else self._build.features.build(samples, "evaluation")
        )

    def training(self, rows: Rows) -> BatchSource:
        """Return photos to train on; their scenes are theirs alone, not those of what is scored."""
        if self._training is None:
            return self._build.training([self._samples[row] for row in rows], "training")
        return FeatureSubset(self._training, rows)

    def evaluation(self, rows: Rows) -> BatchSource:
        """Return photos to score."""
        if self._build.features is None:
            return self._build.evaluation([self._samples[row] for row in rows], "evaluation")
        return FeatureSubset(self._evaluation, rows)

    def held_out(self, rows: Rows) -> HeldOut:
        """Return photos to score, with what is true of them."""
        return HeldOut(self.evaluation(rows), truth_of([self._samples[row] for row in rows]))


def _one_fold(
    request: TrainRequest, samples: Sequence[Sample], fold: Fold, inputs: _Inputs
) -> FoldScores:
    config = request.config
    network = new_network(request).to(inputs.device)
    training_rows, validation_rows = _inner_split(request, samples, fold)
    trained = [samples[row] for row in training_rows]
    validation = inputs.held_out(validation_rows)
    targets = build_targets(
        trained, smoothing=config.smoothing, outlier_weight=config.outlier_weight
    )
    data = TrainingData(inputs.training(training_rows), trained, targets, validation)
    network = train_network(request, network, data).network
    fit_units(network, config.train_from, data)
    part = TrainedPart(network, config.train_from).eval()
    chosen = calibrate(part, validation, novelty=config.novelty_weight > 0)
    held_out = np.array(fold.held_out, dtype=np.intp)
    scores = probabilities(inputs.held_out(held_out).logits(part), chosen.temperature)
    left_out = [samples[row] for row in held_out]
    hashes = [sha256_of(sample.path) for sample in left_out]
    scores_left_out = held_out_scores(scores, left_out, hashes, "train")
    return FoldScores(fold.name, scores_left_out, chosen.thresholds)


def _inner_split(request: TrainRequest, samples: Sequence[Sample], fold: Fold) -> tuple[Rows, Rows]:
    """Return which photos of a fold are trained on, and which choose epoch and temperatures."""
    row_of = {samples[row].path: row for row in fold.train}
    left = [samples[row] for row in fold.train]
    for share in (VALIDATION, OF_FEW):
        split = stratified_split(left, seed=request.split.seed, validation=share, test=0.0)
        if any(sample.kind is Kind.ITEM for sample in split.validation):
            break
    trained = [s for s in split.train if request.outliers or s.kind is Kind.ITEM]
    if not any(sample.kind is Kind.ITEM for sample in split.validation):
        raise PhotosError(
            f"Without {fold.name} there are too few products left to choose an epoch by."
        )
    training, validation = (
        np.array([row_of[sample.path] for sample in samples_of], dtype=np.intp)
        for samples_of in (trained, split.validation)
    )
    return training, validation
