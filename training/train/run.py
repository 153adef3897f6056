"""From a folder of photos to a bundle: read, split, freeze, train, calibrate, report, save."""

import dataclasses
import hashlib
import logging
from pathlib import Path

from accelerate import Accelerator

from classifier.ml.manifest import Manifest
from training.calibration.calibrate import choose_and_evaluate
from training.calibration.held_out import HeldOut
from training.calibration.held_out_scores import HeldOutScores, joined
from training.data.dataset_rows import dataset_fingerprint
from training.data.splits.leave_out import LeaveOut, folds_of
from training.data.targets import build_targets
from training.engine.disk_space import check_disk_space
from training.engine.stages import TrainedPart
from training.evaluation.scoring import truth_of
from training.runtime.checkpoint import remove_checkpoint
from training.runtime.devices import make_accelerator
from training.train.batch_sources import make_batch_sources
from training.train.bundle import Trained, write_trained
from training.train.cross_fit import cross_fit
from training.train.log_duration import log_duration
from training.train.photos import TrainingPhotos, read_training_photos
from training.train.recipe import TrainingData, fit_units, new_network, train_network
from training.train.request import TrainRequest

__all__ = ["TrainRequest", "train"]

logger = logging.getLogger(__name__)


def train(request: TrainRequest) -> Manifest | None:
    """Train a bundle and save it; the epoch and thresholds are chosen on validation photos.

    Of several processes the first alone writes; the others return None.

    Raises:
        PhotosError, CacheError, CheckpointError, DiskFullError, TrainingError,
        UnreadablePhotoError, FileExistsError, FileNotFoundError, ValueError
    """
    accelerator, config = make_accelerator(), request.config
    _check(request, accelerator)
    photos = read_training_photos(request)
    split = photos.split
    # Before the features, which take long: an empty class is said at once.
    targets = build_targets(
        split.train, smoothing=config.smoothing, outlier_weight=config.outlier_weight
    )
    start = new_network(request).to(accelerator.device)
    if not request.finish:
        log_duration(request, start, len(split.train))
    sources = make_batch_sources(start, request, split, accelerator, photos.sha256_of)
    validation = HeldOut(sources.validation, truth_of(split.validation))
    data = TrainingData(sources.training, split.train, targets, validation)
    checkpoints = {
        seed: request.cache / f"run-{_run_digest(request, photos, seed)}" for seed in request.seeds
    }
    network, epochs, seeds = train_network(request, start, data, checkpoints)
    if accelerator.num_processes > 1:
        accelerator.end_training()  # what follows is the first process's alone
    if not accelerator.is_main_process:
        return None
    fit_units(network, config.train_from, data)
    cross_fitted = _cross_fitted(request, photos, accelerator)
    evaluated = choose_and_evaluate(
        TrainedPart(network, config.train_from), validation,
        HeldOut(sources.test, truth_of(split.test)),
        promise=request.promise, cross_fitted=cross_fitted, novelty=config.novelty_weight > 0,
    )  # fmt: skip
    result = Trained(network, epochs, seeds, sources, evaluated, cross_fitted)
    written = write_trained(result, request, photos, accelerator)
    for checkpoint in checkpoints.values():
        remove_checkpoint(checkpoint)
    return written


def _check(request: TrainRequest, accelerator: Accelerator) -> None:
    """Say at once what would end the training later.

    Raises:
        DiskFullError, FileExistsError, ValueError
    """
    if request.output.exists():
        raise FileExistsError(f"{request.output} exists already; bundles are never overwritten.")
    if request.cross_fit and accelerator.num_processes > 1:
        raise ValueError("Cross-fitting is for one process; start the training without a launcher.")
    check_disk_space(request.cache, request.output, request.config, len(request.seeds))


def _cross_fitted(
    request: TrainRequest, photos: TrainingPhotos, accelerator: Accelerator
) -> HeldOutScores | None:
    """Return scores of training photos by networks that did not see them; None without folds."""
    if not request.cross_fit:
        return None
    folds = folds_of(photos.to_train, LeaveOut.PRODUCT, count=request.cross_fit)
    return joined([fold.scores for fold in cross_fit(request, photos.to_train, folds, accelerator)])


def _run_digest(request: TrainRequest, photos: TrainingPhotos, seed: int) -> str:
    """Name a run by all that decides it, so that only the very same run goes on."""
    config = dataclasses.replace(request.config, seed=seed)
    asked = dataclasses.replace(
        request, output=Path(), cache=Path(), name="", config=config, more_seeds=()
    )
    dataset = dataset_fingerprint(photos.rows)
    return hashlib.sha256(f"{asked!r}|{dataset}".encode()).hexdigest()[:16]
