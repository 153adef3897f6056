"""From a folder of photos to a bundle: read, split, freeze, train, calibrate, report, save."""

import dataclasses
import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from accelerate import Accelerator

from classifier.ml.manifest import DATASET_NAME, HELD_OUT_NAME, REPLAY_NAME, Manifest
from classifier.ml.network import HierarchicalResNet
from classifier.models import Split
from training.calibration.calibrate import Evaluated, choose_and_evaluate
from training.calibration.held_out import HeldOut, score_of
from training.calibration.held_out_scores import HeldOutScores, held_out_scores, joined
from training.data.content_hashes import content_hashes
from training.data.dataset_rows import (
    NAMES,
    DatasetRow,
    base_rows,
    dataset_fingerprint,
    dataset_text,
)
from training.data.folder import Kind, Sample, count_table
from training.data.leave_out import LeaveOut, folds_of
from training.data.split import DatasetSplit
from training.data.split_record import split_as
from training.data.targets import build_targets
from training.engine.config import TrainConfig
from training.engine.disk_space import check_disk_space, write_bundle
from training.engine.stages import TrainedPart, TrainFrom
from training.engine.trainer import Epoch, fit
from training.evaluation.scoring import truth_of
from training.runtime.checkpoint import remove_checkpoint
from training.runtime.devices import make_accelerator
from training.train.batch_sources import BatchSources, make_batch_sources
from training.train.cross_fit import cross_fit
from training.train.recipe import after_epochs, before_epochs, new_network
from training.train.replay import FeaturesOf, replay_of_splits
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
    if request.output.exists():
        raise FileExistsError(f"{request.output} exists already; bundles are never overwritten.")
    if request.cross_fit and make_accelerator().num_processes > 1:
        raise ValueError("Cross-fitting is for one process; start the training without a launcher.")
    check_disk_space(request.cache, request.output, request.config)
    samples = request.photos.read()
    split = split_as(request.split, samples)
    for name in ("train", "validation", "test"):
        logger.info("%s:\n%s", name, count_table(getattr(split, name)))
    trained = [s for s in split.train if request.outliers or s.kind is Kind.ITEM]
    used = dataclasses.replace(split, train=trained)
    sha256_of = content_hashes(s.path for s in (*trained, *split.validation, *split.test))
    rows = base_rows(used, request.photos, sha256_of)
    config = request.config
    # Before the features, which take long: an empty class is said at once.
    targets = build_targets(
        trained, smoothing=config.smoothing, outlier_weight=config.outlier_weight
    )
    accelerator = make_accelerator()
    if accelerator.device.type == "cpu" and config.train_from is TrainFrom.ALL:
        logger.warning(
            "There is no GPU here, and on a CPU the whole network takes hours. --train-from layer4 "
            "trains its last stage and the heads, on kept outputs of the rest."
        )
    network = new_network(request)
    sources = make_batch_sources(network, request, split, trained, accelerator, sha256_of)
    validation = HeldOut(sources.validation, truth_of(split.validation))
    start = before_epochs(network, config, sources.training, trained)
    checkpoint = request.cache / f"run-{_run_digest(request, dataset_fingerprint(rows))}"
    epochs = fit(
        network,
        sources.training,
        targets,
        config,
        lambda part: score_of(part, validation),
        checkpoint,
        finish=request.finish,
    )
    if accelerator.num_processes > 1:
        accelerator.end_training()  # what follows is the first process's alone
    if not accelerator.is_main_process:
        return None
    after_epochs(network, config, start, sources.training, trained, validation)
    cross_fitted = _cross_fitted(request, split.train, accelerator)
    evaluated = choose_and_evaluate(
        TrainedPart(network, config.train_from),
        validation,
        HeldOut(sources.test, truth_of(split.test)),
        promise=request.promise,
        cross_fitted=cross_fitted,
        novelty=config.novelty_weight > 0,
    )
    manifest = _manifest(request, sources, split, evaluated, epochs, accelerator)
    manifest = dataclasses.replace(
        manifest, dataset_fingerprint=request.photos.fingerprint(samples)
    )
    extras = {
        DATASET_NAME: dataset_text(rows).encode("utf-8", NAMES),
        HELD_OUT_NAME: _held_out(evaluated, cross_fitted, split, rows),
        REPLAY_NAME: _replay(network, config, sources, used, sha256_of),
    }
    written = write_bundle(network, manifest, request.output, extras)
    remove_checkpoint(checkpoint)
    return written


def _manifest(
    request: TrainRequest,
    sources: BatchSources,
    split: DatasetSplit,
    evaluated: Evaluated,
    epochs: list[Epoch],
    accelerator: Accelerator,
) -> Manifest:
    """Return all that a bundle says of itself."""
    return Manifest(
        name=request.name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stride_placement=request.stride_placement,
        weights_sha256="",
        dataset_fingerprint="",
        preprocessing=request.preprocessing,
        thresholds=evaluated.thresholds,
        temperature=evaluated.temperature,
        metrics={"split": request.split.as_metrics(), **evaluated.figures},
        training={
            "preset": request.preset,
            "config": dataclasses.asdict(request.config),
            "augmentation": str(request.augmentation),
            "outliers": request.outliers,
            "views": request.views,
            "processes": accelerator.num_processes,
            "device": accelerator.device.type,
            "epochs": [dataclasses.asdict(epoch) for epoch in epochs],
            "photos": {"train": len(sources.training), "validation": len(split.validation)},
        },
    )


def _cross_fitted(
    request: TrainRequest, samples: Sequence[Sample], accelerator: Accelerator
) -> HeldOutScores | None:
    """Return scores of training photos by networks that did not see them; None without folds."""
    if not request.cross_fit:
        return None
    folds = folds_of(samples, LeaveOut.PRODUCT, count=request.cross_fit)
    return joined([fold.scores for fold in cross_fit(request, samples, folds, accelerator)])


def _held_out(
    evaluated: Evaluated,
    cross_fitted: HeldOutScores | None,
    photos: DatasetSplit,
    rows: Sequence[DatasetRow],
) -> bytes:
    """Return ``held_out.csv``: the scores of photos by networks that did not learn from them."""
    hashes = {
        split: [row.sha256 for row in rows if row.split == split]
        for split in (Split.VALIDATION, Split.TEST)
    }
    validation, test = hashes.values()
    return joined(
        [
            *([] if cross_fitted is None else [cross_fitted]),
            held_out_scores(evaluated.validation, photos.validation, validation, "validation"),
            held_out_scores(evaluated.test, photos.test, test, "test"),
        ]
    ).as_bytes()


def _replay(
    network: HierarchicalResNet,
    config: TrainConfig,
    sources: BatchSources,
    used: DatasetSplit,
    sha256_of: Mapping[Path, str],
) -> bytes:
    """Return ``replay.safetensors``; training photos as the first view of them showed them."""
    splits = (used.train, used.validation, used.test)
    return replay_of_splits(
        network,
        TrainedPart(network, config.train_from),
        [
            FeaturesOf(batches, files := [s.path for s in photos], [sha256_of[f] for f in files])
            for batches, photos in zip(sources, splits, strict=True)
        ],
    )


def _run_digest(request: TrainRequest, dataset: str) -> str:
    """Name a run by all that decides it, so that only the very same run goes on."""
    asked = dataclasses.replace(request, output=Path(), cache=Path(), name="")
    return hashlib.sha256(f"{asked!r}|{dataset}".encode()).hexdigest()[:16]
