"""Predictor: photos in, scores out, as fast as the machine allows."""

import copy
import threading
from collections.abc import Sequence
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models.resnet import Bottleneck, ResNet

from classifier.decision import Scores
from classifier.ml.bundle import Bundle
from classifier.ml.network import HierarchicalResNet
from classifier.ml.preprocessing import normalise, to_tensor
from classifier.ml.probabilities import LogitArrays, probabilities

# Larger passes gain nothing: a GPU is full at about 128, and on a CPU the activations of more
# than 16 photos no longer fit the caches.
LARGEST_PASS: Final = {"cuda": 128, "cpu": 16}


def best_device() -> torch.device:
    """Return the GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Predictor:
    """A bundle on a device, ready to score photos. Safe to share between threads.

    `prepare` decodes one photo and may run in many threads at once; `predict` takes the device
    for one caller at a time.
    """

    def __init__(self, bundle: Bundle, device: torch.device | None = None) -> None:
        self.manifest = bundle.manifest
        self.device = device or best_device()
        self.network = bundle.network.eval()
        self._backbone = _fast(bundle.network, self.device)
        self._device_lock = threading.Lock()
        self.largest_pass = LARGEST_PASS[self.device.type]

    def prepare(self, data: bytes) -> Tensor:
        """Return a photo's bytes as uint8 (3, size, size).

        Raises:
            UnreadablePhotoError: if the bytes cannot be decoded.
        """
        return to_tensor(data, self.manifest.preprocessing)

    def predict(self, photos: Sequence[Tensor]) -> list[Scores]:
        """Score prepared photos, in order; any number of them."""
        scores: list[Scores] = []
        with self._device_lock, torch.inference_mode():
            start = 0
            while start < len(photos):
                chunk = photos[start : start + self.largest_pass]
                try:
                    scores += self._pass(torch.stack(list(chunk)))
                except torch.OutOfMemoryError:
                    if self.largest_pass == 1:
                        raise
                    # Something else holds part of the device's memory: go on in smaller steps.
                    torch.cuda.empty_cache()
                    self.largest_pass //= 2
                    continue
                start += len(chunk)
        return scores

    def _pass(self, batch: Tensor) -> list[Scores]:
        pixels = normalise(batch.to(self.device), self.manifest.preprocessing)
        with torch.autocast(self.device.type, enabled=self.device.type == "cuda"):
            features = self._backbone(pixels)
        logits = LogitArrays.of([self.network.classify_features(features.float())])
        return probabilities(logits, self.manifest.temperature).as_scores()


def _fast(network: HierarchicalResNet, device: torch.device) -> nn.Module:
    """Put the network on the device; return a copy of its backbone with batch norms folded in."""
    network.to(device)
    backbone = cast(ResNet, copy.deepcopy(network.backbone))
    backbone.conv1, backbone.bn1 = fuse_conv_bn_eval(backbone.conv1, backbone.bn1), nn.Identity()
    for block in backbone.modules():
        if isinstance(block, Bottleneck):
            _fold(block)
    fast: nn.Module = backbone.to(memory_format=torch.channels_last)
    return fast


def _fold(block: Bottleneck) -> None:
    for number in "123":
        conv, norm = getattr(block, f"conv{number}"), getattr(block, f"bn{number}")
        setattr(block, f"conv{number}", fuse_conv_bn_eval(conv, norm))
        setattr(block, f"bn{number}", nn.Identity())
    if block.downsample is not None:
        conv, norm = block.downsample
        block.downsample = fuse_conv_bn_eval(conv, norm)
