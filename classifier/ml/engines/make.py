"""From an engine's name to the engine, for one network on one device."""

import torch

from classifier.ml.engines.engine import Engine, EngineError, EngineName
from classifier.ml.engines.onnx_engine import OnnxRuntimeEngine
from classifier.ml.engines.openvino_engine import OpenVinoEngine
from classifier.ml.engines.torch_engine import CudaEngine, TorchEngine
from classifier.ml.resnet import ResNet50


def make_engine(
    backbone: ResNet50, device: torch.device, name: EngineName | None, *, side: int
) -> Engine:
    """Return an engine that runs this backbone.

    Args:
        name: ``None`` means torch, in the precision that is usual on the device.
        side: of the square input, in pixels.

    Raises:
        EngineError: if the engine does not run on this device, or is not installed.
    """
    if device.type != "cpu":
        if name not in (None, EngineName.TORCH_FP16):
            raise EngineError(
                f"The engine {name} runs on a CPU; this worker has a GPU. "
                f"Set ENGINE to auto or {EngineName.TORCH_FP16}."
            )
        return CudaEngine(backbone, device)
    if name is EngineName.TORCH_FP16:
        raise EngineError(f"The engine {name} needs a GPU. Set ENGINE to auto, or to another one.")
    if name in (EngineName.OPENVINO_F32, EngineName.OPENVINO_BF16):
        return OpenVinoEngine(backbone, name, side=side)
    if name is EngineName.ONNXRUNTIME_F32:
        return OnnxRuntimeEngine(backbone, side=side)
    return TorchEngine(backbone, name or EngineName.TORCH_FP32, side=side)
