"""torch itself, in full or half precision."""

import logging
from collections.abc import Callable

import torch
from torch import Tensor

from classifier.ml.engines.engine import EngineName
from classifier.ml.engines.folded import folded
from classifier.ml.engines.fused import FusedResNet
from classifier.ml.resnet import ResNet50

logger = logging.getLogger(__name__)

_DTYPES = {
    EngineName.TORCH_FP32: torch.float32,
    EngineName.TORCH_BF16: torch.bfloat16,
}


class TorchEngine:
    """The folded backbone on a CPU, in the precision that its name says.

    Args:
        side: of the square input, in pixels.
    """

    shared = True

    def __init__(
        self, backbone: ResNet50, name: EngineName = EngineName.TORCH_FP32, *, side: int
    ) -> None:
        self.name = name
        self._dtype = _DTYPES[name]
        self._backbone = _runnable(folded(backbone), self._dtype, side)

    def features(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048), float32, of normalised pixels (N, 3, H, W)."""
        return self._backbone(pixels.to(self._dtype)).float()


def _runnable(backbone: ResNet50, dtype: torch.dtype, side: int) -> Callable[[Tensor], Tensor]:
    """Return a folded backbone with oneDNN's operators; as it is, where they do not work."""
    try:
        fused = FusedResNet(backbone, dtype, side=side)
        one = torch.zeros(1, 3, side, side, dtype=dtype)
        with torch.inference_mode():
            fused(one.contiguous(memory_format=torch.channels_last))
    # What torch raises without oneDNN, and oneDNN where it has no such convolution.
    except (RuntimeError, AttributeError) as error:
        logger.info("torch runs without oneDNN's own operators: %s", error)
        return backbone.to(dtype)
    return fused


class CudaEngine:
    """The folded backbone on a GPU; convolutions run in half precision."""

    name = EngineName.TORCH_FP16
    shared = False

    def __init__(self, backbone: ResNet50, device: torch.device) -> None:
        self._device = device
        self._backbone = folded(backbone).to(device)

    def features(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048), float32, of normalised pixels (N, 3, H, W)."""
        with torch.autocast(self._device.type):
            features: Tensor = self._backbone(pixels)
        return features.float()
