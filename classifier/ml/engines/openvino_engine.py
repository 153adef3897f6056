"""OpenVINO on a CPU, in full precision or bfloat16. Needs `requirements/engines.txt`."""

from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from classifier.ml.engines.engine import EngineError, EngineName
from classifier.ml.engines.folded import folded
from classifier.ml.passes import CORES
from classifier.ml.resnet import ResNet50

_HINTS: Final = {EngineName.OPENVINO_F32: "f32", EngineName.OPENVINO_BF16: "bf16"}


class OpenVinoEngine:
    """The folded backbone as an OpenVINO model, compiled for this processor.

    Raises:
        EngineError: if OpenVINO is not installed.
    """

    shared = False

    def __init__(self, backbone: ResNet50, name: EngineName, *, side: int) -> None:
        try:
            import openvino
        except ImportError as error:
            raise EngineError(
                f"The engine {name} needs OpenVINO, which is not installed. "
                "`pip install -r requirements/engines.txt`, or choose another ENGINE."
            ) from error
        self.name = name
        compiled = openvino.Core().compile_model(
            _as_openvino(folded(backbone), side),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": _HINTS[name],
                "INFERENCE_NUM_THREADS": CORES,
                "NUM_STREAMS": 1,
            },
        )
        self._request = compiled.create_infer_request()

    def features(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048), float32, of normalised pixels (N, 3, H, W)."""
        (features,) = self._request.infer([pixels.contiguous().numpy()]).values()
        # A copy: the array belongs to the request, which the next pass writes over.
        return torch.from_numpy(features.copy())


def _as_openvino(backbone: Any, side: int) -> Any:
    """Return a folded ResNet-50 as an OpenVINO model for any number of photos.

    It is built layer by layer: `openvino.convert_model` would report each call over the network,
    and would need torch's tracing.
    """
    import openvino
    from openvino import opset13 as ops

    pixels = ops.parameter([-1, 3, side, side], np.float32, name="pixels")
    x = ops.relu(_convolution(pixels, backbone.conv1))
    x = ops.max_pool(x, [2, 2], [1, 1], [1, 1], [1, 1], [3, 3]).output(0)
    for stage in (backbone.layer1, backbone.layer2, backbone.layer3, backbone.layer4):
        for block in stage:
            x = _bottleneck(x, block)
    features = ops.reduce_mean(x, [2, 3], keep_dims=False)
    return openvino.Model([features], [pixels], "backbone")


def _bottleneck(x: Any, block: Any) -> Any:
    from openvino import opset13 as ops

    y = ops.relu(_convolution(x, block.conv1))
    y = ops.relu(_convolution(y, block.conv2))
    y = _convolution(y, block.conv3)
    beside = x if block.downsample is None else _convolution(x, block.downsample)
    return ops.relu(ops.add(y, beside))


def _convolution(x: Any, layer: Any) -> Any:
    from openvino import opset13 as ops

    weight = layer.weight.detach().contiguous().numpy()
    bias = layer.bias.detach().numpy().reshape(1, -1, 1, 1)
    y = ops.convolution(
        x, weight, list(layer.stride), list(layer.padding), list(layer.padding),
        list(layer.dilation),
    )  # fmt: skip
    return ops.add(y, bias)
