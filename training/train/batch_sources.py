"""Batch sources of a training's three splits."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from accelerate import Accelerator

from classifier.ml.manifest import sha256_of
from classifier.ml.network import HierarchicalResNet
from training.data.batches import BatchSource
from training.data.folder import PhotosError
from training.data.splits.split import DatasetSplit
from training.engine.stages import frozen_part
from training.features.batch_sources import BatchSourceBuilder
from training.features.cache import FeatureCacheBuilder, Views
from training.runtime.devices import resolve_precision
from training.train.request import TrainRequest


class BatchSources(NamedTuple):
    """Batch sources of the three splits."""

    training: BatchSource
    validation: BatchSource
    test: BatchSource


def make_batch_sources(
    network: HierarchicalResNet,
    request: TrainRequest,
    split: DatasetSplit,
    accelerator: Accelerator,
    sha256_of: Mapping[Path, str],
) -> BatchSources:
    """Return batches of the photos of each split.

    Features that are not on disk yet are computed by the first process; the others wait.

    Raises:
        CacheError, PhotosError, UnreadablePhotoError
    """
    for title, samples in (("validation", split.validation), ("test", split.test)):
        if not samples:
            raise PhotosError(
                f"There are no {title} photos: too few products to split. Photos that look the "
                "same count as one product, unless --split-by product says otherwise."
            )
    with accelerator.main_process_first():
        build = source_builder(network, request, accelerator, sha256_of)
        return BatchSources(
            build.training(split.train, "training"),
            build.evaluation(split.validation, "validation"),
            build.evaluation(split.test, "test"),
        )


def source_builder(
    network: HierarchicalResNet,
    request: TrainRequest,
    accelerator: Accelerator,
    sha256_of: Mapping[Path, str] | None = None,
) -> BatchSourceBuilder:
    """Return what builds the batch sources of the request's network."""
    takes_photos = request.config.train_from.takes_photos
    size = request.train_size if takes_photos else request.preprocessing.size
    views = Views(
        request.augmentation.made_for(replace(request.preprocessing, size=size)),
        request.augmentation,
        request.views,
        evaluation_view=request.evaluation_view,
    )
    features = None if takes_photos else _cache_builder(network, request, accelerator)
    return BatchSourceBuilder(request.preprocessing, views, features, sha256_of)


def _cache_builder(
    network: HierarchicalResNet, request: TrainRequest, accelerator: Accelerator
) -> FeatureCacheBuilder:
    """Return what computes the outputs of the request's frozen part, or finds them on disk."""
    backbone = Path(request.backbone)
    key = {
        "backbone": sha256_of(backbone) if backbone.is_file() else request.backbone,
        "strides": str(request.stride_placement),
        "train_from": str(request.config.train_from),
    }
    frozen = frozen_part(network, request.config.train_from).to(accelerator.device)
    precision = resolve_precision(request.config.precision, accelerator.device)
    return FeatureCacheBuilder(frozen, request.preprocessing, request.cache, key, precision)
