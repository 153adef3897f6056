"""ONNX Runtime on a CPU, in full precision. Needs `requirements/engines.txt`."""

from typing import Any

import torch
from torch import Tensor

from classifier.ml.engines.engine import EngineError, EngineName
from classifier.ml.engines.folded import folded
from classifier.ml.passes import CORES
from classifier.ml.resnet import ResNet50

# The operators that are used are the same in every newer version.
_OPSET = 17
_IR_VERSION = 8


class OnnxRuntimeEngine:
    """The folded backbone as an ONNX model, run by ONNX Runtime on this processor.

    Raises:
        EngineError: if ONNX Runtime or ONNX is not installed, or does not run here.
    """

    name = EngineName.ONNXRUNTIME_F32
    shared = False

    def __init__(self, backbone: ResNet50, *, side: int) -> None:
        try:
            import onnx
            import onnxruntime
        except ImportError as error:
            raise EngineError(
                f"The engine {self.name} needs ONNX Runtime and ONNX, which are not installed. "
                "`pip install -r requirements/engines.txt`, or choose another ENGINE."
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = CORES
        options.inter_op_num_threads = 1
        # Threads that wait for work give their cores to those that decode photos.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = _as_onnx(onnx, folded(backbone), side).SerializeToString()
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        # Its errors have no class of their own but Exception.
        except Exception as error:
            raise EngineError(f"The engine {self.name} does not run here: {error}") from error

    def features(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048), float32, of normalised pixels (N, 3, H, W).

        Raises:
            RuntimeError: if ONNX Runtime fails, as torch and OpenVINO raise it.
        """
        try:
            (features,) = self._session.run(None, {"pixels": pixels.contiguous().numpy()})
        except Exception as error:  # as above
            raise RuntimeError(f"ONNX Runtime failed: {error}") from error
        return torch.from_numpy(features)


def _as_onnx(onnx: Any, backbone: Any, side: int) -> Any:
    """Return a folded ResNet-50 as an ONNX model for any number of photos.

    It is built layer by layer: torch's own export needs further packages, and traces the network.
    """
    graph = _Graph(onnx)
    x = graph.relu(graph.convolution("pixels", backbone.conv1))
    x = graph.add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for stage in (backbone.layer1, backbone.layer2, backbone.layer3, backbone.layer4):
        for block in stage:
            x = graph.bottleneck(x, block)
    features = graph.add("Flatten", [graph.add("GlobalAveragePool", [x])], axis=1)
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "backbone",
            [helper.make_tensor_value_info("pixels", number, ["photos", 3, side, side])],
            [helper.make_tensor_value_info(features, number, ["photos", None])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )


class _Graph:
    """Nodes and weights of an ONNX graph that grows node by node."""

    def __init__(self, onnx: Any) -> None:
        self._onnx = onnx
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        output = f"out{len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(kind, inputs, [output], **attributes))
        return output

    def relu(self, x: str) -> str:
        return self.add("Relu", [x])

    def convolution(self, x: str, layer: Any) -> str:
        names = [self._weight(layer.weight), self._weight(layer.bias)]
        return self.add(
            "Conv", [x, *names], strides=list(layer.stride), pads=[*layer.padding, *layer.padding],
            kernel_shape=list(layer.kernel_size), dilations=list(layer.dilation),
        )  # fmt: skip

    def bottleneck(self, x: str, block: Any) -> str:
        y = self.relu(self.convolution(x, block.conv1))
        y = self.relu(self.convolution(y, block.conv2))
        y = self.convolution(y, block.conv3)
        beside = x if block.downsample is None else self.convolution(x, block.downsample)
        return self.relu(self.add("Add", [y, beside]))

    def _weight(self, tensor: Tensor) -> str:
        name = f"weight{len(self.weights)}"
        values = tensor.detach().contiguous().numpy()
        self.weights.append(self._onnx.numpy_helper.from_array(values, name))
        return name
