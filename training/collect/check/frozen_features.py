"""Features of a frozen backbone for a set of photos, computed once and kept on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.ml.bundle import load_bundle
from classifier.ml.manifest import Preprocessing, sha256_of
from classifier.ml.network import StridePlacement, with_imagenet_backbone
from training.data.folder import Sample
from training.engine.stages import TrainFrom, frozen_part
from training.features.cache import FeatureCacheBuilder


@dataclass(frozen=True, slots=True)
class Backbone:
    """Which backbone: a bundle's own, else ImageNet weights by name or file.

    A bundle that was trained on the same photos has learnt their wrong labels too, so ImageNet
    weights find more.
    """

    weights: str
    strides: StridePlacement
    bundle: Path | None = None


def frozen_features(
    samples: Sequence[Sample], backbone: Backbone, cache: Path
) -> NDArray[np.float32]:
    """Return pooled features (N, 2048).

    Raises:
        BundleError: if the bundle cannot be loaded.
        FileNotFoundError, ValueError: if the weights cannot.
        CacheError: if the disk has too little room.
    """
    if backbone.bundle:
        bundle = load_bundle(backbone.bundle)
        network, preprocessing = bundle.network, bundle.manifest.preprocessing
        weights, strides = bundle.manifest.weights_sha256, str(network.stride_placement)
    else:
        network = with_imagenet_backbone(backbone.weights, backbone.strides)
        preprocessing = Preprocessing(fit="pad")
        file = Path(backbone.weights)
        weights = sha256_of(file) if file.is_file() else backbone.weights
        strides = str(backbone.strides)
    key = {"backbone": weights, "strides": strides, "train_from": str(TrainFrom.HEADS)}
    builder = FeatureCacheBuilder(frozen_part(network, TrainFrom.HEADS), preprocessing, cache, key)
    photos = np.arange(len(samples))
    features: NDArray[np.float32] = (
        builder.build(samples, "features").read(photos, np.zeros_like(photos)).numpy()
    )
    return features
