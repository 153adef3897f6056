"""A trained network, its figures and its photos become a bundle."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from accelerate import Accelerator

from classifier.ml.manifest import DATASET_NAME, HELD_OUT_NAME, REPLAY_NAME, Manifest
from classifier.ml.network import HierarchicalResNet
from classifier.models import Split
from training.calibration.calibrate import Evaluated
from training.calibration.held_out_scores import HeldOutScores, held_out_scores, joined
from training.data.dataset_rows import NAMES, dataset_text
from training.engine.config import TrainConfig
from training.engine.disk_space import write_bundle
from training.engine.stages import TrainedPart
from training.engine.trainer import Epoch
from training.train.batch_sources import BatchSources
from training.train.photos import TrainingPhotos
from training.train.replay import FeaturesOf, replay_of_splits
from training.train.request import TrainRequest


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to.

    Attributes:
        network: with the weights of its best epoch.
        epochs: all of them, those of each seed after each other.
        seeds: of the trainings whose mean the network is.
        sources: batch sources of its photos.
        evaluated: thresholds and figures.
        cross_fitted: scores of training photos by networks that did not see them, if any were made.
    """

    network: HierarchicalResNet
    epochs: Sequence[Epoch]
    seeds: Sequence[int]
    sources: BatchSources
    evaluated: Evaluated
    cross_fitted: HeldOutScores | None


def write_trained(
    trained: Trained, request: TrainRequest, photos: TrainingPhotos, accelerator: Accelerator
) -> Manifest:
    """Write the bundle, with its photos, held-out scores and replay features; return its manifest.

    Raises:
        DiskFullError: if the disk is full.
        FileExistsError: if the bundle's folder is there.
    """
    evaluated = trained.evaluated
    extras = {
        DATASET_NAME: dataset_text(photos.rows).encode("utf-8", NAMES),
        HELD_OUT_NAME: _held_out(evaluated, trained.cross_fitted, photos),
        REPLAY_NAME: _replay(trained, request.config, photos),
    }
    manifest = Manifest(
        name=request.name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stride_placement=request.stride_placement,
        weights_sha256="",
        dataset_fingerprint=request.photos.fingerprint(photos.all),
        preprocessing=request.preprocessing,
        thresholds=evaluated.thresholds,
        temperature=evaluated.temperature,
        metrics={"split": request.split.as_metrics(), **evaluated.figures},
        training={
            "preset": request.preset,
            "config": asdict(request.config),
            "augmentation": str(request.augmentation),
            "outliers": request.outliers,
            "views": request.views,
            "train_size": request.train_size,
            "seeds": list(trained.seeds),
            "processes": accelerator.num_processes,
            "device": accelerator.device.type,
            "epochs": [asdict(epoch) for epoch in trained.epochs],
            "photos": {
                "train": len(photos.split.train),
                "validation": len(photos.split.validation),
            },
        },
    )
    return write_bundle(trained.network, manifest, request.output, extras)


def _held_out(
    evaluated: Evaluated, cross_fitted: HeldOutScores | None, photos: TrainingPhotos
) -> bytes:
    """Return ``held_out.csv``: the scores of photos by networks that did not learn from them."""
    validation, test = (
        [row.sha256 for row in photos.rows if row.split == split]
        for split in (Split.VALIDATION, Split.TEST)
    )
    split = photos.split
    return joined(
        [
            *([] if cross_fitted is None else [cross_fitted]),
            held_out_scores(evaluated.validation, split.validation, validation, "validation"),
            held_out_scores(evaluated.test, split.test, test, "test"),
        ]
    ).as_bytes()


def _replay(trained: Trained, config: TrainConfig, photos: TrainingPhotos) -> bytes:
    """Return ``replay.safetensors``; training photos as the first view of them showed them."""
    splits = (photos.split.train, photos.split.validation, photos.split.test)
    files = [[sample.path for sample in split] for split in splits]
    return replay_of_splits(
        trained.network,
        TrainedPart(trained.network, config.train_from),
        [
            FeaturesOf(batches, paths, [photos.sha256_of[path] for path in paths])
            for batches, paths in zip(trained.sources, files, strict=True)
        ],
    )
