"""Batch sources of a training: photos where all is trained, else outputs of the frozen part."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from accelerate import Accelerator

from classifier.ml.manifest import sha256_of
from classifier.ml.network import HierarchicalResNet
from training.data.batches import BatchSource, PhotoBatches
from training.data.folder import PhotosError, Sample
from training.data.split import DatasetSplit
from training.engine.stages import TrainFrom, frozen_part
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
    trained: Sequence[Sample],
    accelerator: Accelerator,
    sha256_of: Mapping[Path, str],
) -> BatchSources:
    """Return batches of training photos (``trained``), validation photos and test photos.

    Caches that are not on disk yet are computed by the first process; the others wait.

    Raises:
        CacheError, PhotosError, UnreadablePhotoError
    """
    preprocessing = request.preprocessing
    augmentation = request.augmentation.made_for(preprocessing)
    for title, samples in (("validation", split.validation), ("test", split.test)):
        if not samples:
            raise PhotosError(
                f"There are no {title} photos: too few products to split. Photos that look the "
                "same count as one product, unless --split-by product says otherwise."
            )
    if request.config.train_from is TrainFrom.ALL:
        return BatchSources(
            PhotoBatches(trained, preprocessing, augmentation),
            PhotoBatches(split.validation, preprocessing),
            PhotoBatches(split.test, preprocessing),
        )
    views = Views(
        augmentation, request.augmentation, request.views, evaluation_view=request.evaluation_view
    )
    with accelerator.main_process_first():
        caches = cache_builder(network, request, accelerator)
        return BatchSources(
            caches.build(trained, "training", views, sha256_of=sha256_of),
            caches.build(split.validation, "validation", sha256_of=sha256_of),
            caches.build(split.test, "test", sha256_of=sha256_of),
        )


def cache_builder(
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
