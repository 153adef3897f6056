"""Pooled features of all photos by one network: computed once, then kept on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.ml.bundle import load_bundle
from classifier.ml.engines.choose import engines_here
from classifier.ml.engines.engine import EngineName
from classifier.ml.engines.make import make_engine
from classifier.ml.manifest import Preprocessing, sha256_of
from classifier.ml.network import HierarchicalResNet, StridePlacement, with_imagenet_backbone
from training.data.folder import Sample
from training.features.cache import FeatureCacheBuilder

CPU = torch.device("cpu")


class Backbone(NamedTuple):
    """What makes the features.

    Attributes:
        name: for people.
        network: its backbone; the heads play no part.
        preprocessing: of the photos.
        sha256: of its weights.
    """

    name: str
    network: HierarchicalResNet
    preprocessing: Preprocessing
    sha256: str


def of_bundle(folder: Path) -> Backbone:
    """Return a bundle's backbone."""
    bundle = load_bundle(folder)
    manifest = bundle.manifest
    return Backbone(manifest.name, bundle.network, manifest.preprocessing, manifest.weights_sha256)


def of_imagenet(weights: Path, strides: StridePlacement) -> Backbone:
    """Return a backbone that saw none of the photos, from a safetensors file."""
    network = with_imagenet_backbone(weights, strides).eval()
    return Backbone(weights.stem, network, Preprocessing(fit="pad"), sha256_of(weights))


class ServedBackbone(nn.Module):
    """A backbone as a worker's engine runs it; the cache takes it for a frozen part."""

    def __init__(self, backbone: Backbone, name: EngineName) -> None:
        super().__init__()
        self._backbone = backbone.network.backbone  # its parameters say which device it is on
        self._engine = make_engine(self._backbone, CPU, name, side=backbone.preprocessing.size)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048) of normalised pixels (N, 3, H, W)."""
        return self._engine.features(pixels.contiguous(memory_format=torch.channels_last))


def pooled_features(
    backbone: Backbone, samples: Sequence[Sample], folder: Path
) -> NDArray[np.float32]:
    """Return the features (N, 2048) of N photos as they are served.

    Raises:
        CacheError, UnreadablePhotoError: as `FeatureCacheBuilder.build`.
    """
    bfloat16 = EngineName.TORCH_BF16 in engines_here(CPU)
    name = EngineName.TORCH_BF16 if bfloat16 else EngineName.TORCH_FP32
    key = {"bundle": backbone.sha256, "engine": str(name)}
    frozen = ServedBackbone(backbone, name)
    builder = FeatureCacheBuilder(frozen, backbone.preprocessing, folder, key)
    cache = builder.build(samples, backbone.name)
    rows = np.arange(len(samples))
    features: NDArray[np.float32] = cache.read(rows, np.zeros_like(rows)).numpy()
    return features
