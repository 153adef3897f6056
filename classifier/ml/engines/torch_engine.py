"""torch itself, in full or half precision."""

import torch
from torch import Tensor, nn

from classifier.ml.engines.engine import EngineName
from classifier.ml.engines.folded import folded

_DTYPES = {
    EngineName.TORCH_FP32: torch.float32,
    EngineName.TORCH_BF16: torch.bfloat16,
}


class TorchEngine:
    """The folded backbone on a CPU, in the precision that its name says."""

    def __init__(self, backbone: nn.Module, name: EngineName = EngineName.TORCH_FP32) -> None:
        self.name = name
        self._dtype = _DTYPES[name]
        self._backbone = folded(backbone).to(self._dtype)

    def features(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048), float32, of normalised pixels (N, 3, H, W)."""
        features: Tensor = self._backbone(pixels.to(self._dtype))
        return features.float()


class CudaEngine:
    """The folded backbone on a GPU; convolutions run in half precision."""

    name = EngineName.TORCH_FP16

    def __init__(self, backbone: nn.Module, device: torch.device) -> None:
        self._device = device
        self._backbone = folded(backbone).to(device)

    def features(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048), float32, of normalised pixels (N, 3, H, W)."""
        with torch.autocast(self._device.type):
            features: Tensor = self._backbone(pixels)
        return features.float()
