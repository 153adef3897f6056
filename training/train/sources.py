"""What a training is fed: photos where all is trained, else what the frozen part makes of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from accelerate import Accelerator

from classifier.ml.manifest import sha256_of
from classifier.ml.network import HierarchicalResNet
from training.data.batches import Feed, PhotoFeed
from training.data.folder import PhotosError, Sample
from training.data.split import Split
from training.engine.stages import TrainFrom, frozen_part
from training.features.cache import FeatureCacheBuilder, Views
from training.runtime.devices import resolved
from training.train.request import TrainRequest


class Feeds(NamedTuple):
    """Three feeds, and how many photos the first has."""

    training: Feed
    validation: Feed
    test: Feed

    @property
    def trained(self) -> int:
        return len(self.training)


def make_feeds(
    network: HierarchicalResNet,
    request: TrainRequest,
    split: Split,
    trained: Sequence[Sample],
    among: Accelerator,
) -> Feeds:
    """Return the feeds of training photos (``trained``), validation photos and test photos.

    Caches that are not on disk yet are computed by the first process; the others wait.

    Raises:
        CacheError, PhotosError, UnreadablePhotoError
    """
    how, augmentation = request.preprocessing, request.augmentation.made_for(request.preprocessing)
    for title, samples in (("validation", split.validation), ("test", split.test)):
        if not samples:
            raise PhotosError(
                f"There are no {title} photos: too few products to split. Photos that look the "
                "same count as one product, unless --split-by product says otherwise."
            )
    if request.config.train_from is TrainFrom.ALL:
        return Feeds(
            PhotoFeed(trained, how, augmentation),
            PhotoFeed(split.validation, how),
            PhotoFeed(split.test, how),
        )
    views = Views(augmentation, request.augmentation, request.views, served=request.served_view)
    with among.main_process_first():
        caches = _builder(network, request, among)
        return Feeds(
            caches.build(trained, "training", views),
            caches.build(split.validation, "validation"),
            caches.build(split.test, "test"),
        )


def _builder(
    network: HierarchicalResNet, request: TrainRequest, among: Accelerator
) -> FeatureCacheBuilder:
    backbone = Path(request.backbone)
    key = {
        "backbone": sha256_of(backbone) if backbone.is_file() else request.backbone,
        "strides": str(request.stride_placement),
        "train_from": str(request.config.train_from),
    }
    frozen = frozen_part(network, request.config.train_from).to(among.device)
    precision = resolved(request.config.precision, among.device)
    return FeatureCacheBuilder(frozen, request.preprocessing, request.cache, key, precision)
