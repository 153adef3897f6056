"""What an engine is, and which ones there are."""

from enum import StrEnum
from typing import Protocol

from torch import Tensor


class EngineName(StrEnum):
    """The engines that this program knows; not each of them runs on each machine."""

    TORCH_FP32 = "torch-fp32"
    TORCH_BF16 = "torch-bf16"
    TORCH_FP16 = "torch-fp16"
    OPENVINO_F32 = "openvino-f32"
    OPENVINO_BF16 = "openvino-bf16"
    ONNXRUNTIME_F32 = "onnxruntime-f32"


class EngineError(Exception):
    """An engine that was asked for cannot run here; the message says why and what to do."""


class Engine(Protocol):
    """Runs the backbone.

    Attributes:
        shared: whether several callers may run it at once; else one at a time.
    """

    name: EngineName
    shared: bool

    def features(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048), float32, of normalised pixels (N, 3, H, W)."""
        ...
