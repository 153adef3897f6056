"""A folded ResNet-50 as oneDNN runs it best on a CPU: what follows a convolution is done in it.

By itself torch goes over each activation again for the shortcut's sum and for the rectifier. In
bfloat16 it has oneDNN lay out the weights anew in every pass besides, which for one photo takes as
long as the pass. The operators here are those that torch's own compiler puts in their place.
"""

from typing import Final, cast

import torch
from torch import Tensor, nn

from classifier.ml.engines.scripted import scripted, scripted_list
from classifier.ml.resnet import Bottleneck, ResNet50

# Of the passes that weights are laid out for; in bfloat16 the layout is the same for all.
PHOTOS: Final = 16


class FusedResNet:
    """The folded backbone up to its pooled features. Many threads may call it at once.

    Args:
        backbone: as `folded` returns it.
        dtype: that weights and activations have.
        side: of the square input, in pixels.

    Raises:
        RuntimeError, AttributeError: if this torch has no such operators; at the latest by the
            first pass.
    """

    def __init__(self, backbone: ResNet50, dtype: torch.dtype, *, side: int) -> None:
        layers = _Layers(dtype)
        side = layers.add(backbone.conv1, side) // cast(int, backbone.maxpool.stride)
        self._shortcuts = []
        for stage in (backbone.layer1, backbone.layer2, backbone.layer3, backbone.layer4):
            for block in cast("list[Bottleneck]", stage):
                side_before, side = side, layers.add(block.conv1, side)
                side = layers.add(block.conv3, layers.add(block.conv2, side))
                if block.downsample is not None:
                    layers.add(block.downsample, side_before)
                self._shortcuts.append(block.downsample is not None)
        self._pass = scripted(_features)
        self._weights, self._biases = scripted_list(layers.weights), scripted_list(layers.biases)
        self._strides = layers.strides

    def __call__(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048) of normalised pixels (N, 3, H, W), channels last."""
        return self._pass(pixels, self._weights, self._biases, self._strides, self._shortcuts)


class _Layers:
    """Convolutions in the order in which `_features` takes them."""

    def __init__(self, dtype: torch.dtype) -> None:
        self.weights: list[Tensor] = []
        self.biases: list[Tensor] = []
        self.strides: list[int] = []
        self._dtype = dtype

    def add(self, layer: nn.Module, side: int) -> int:
        """Add one for an input of that side; return the side of its output."""
        layer = cast(nn.Conv2d, layer)
        weight = layer.weight.detach().to(self._dtype)
        padding, stride, kernel = int(layer.padding[0]), layer.stride[0], layer.kernel_size[0]
        # In float32 oneDNN wants another layout for other numbers of photos, and is slow to change
        # from one to the other.
        if self._dtype is torch.bfloat16:
            form = (layer.padding, layer.stride, layer.dilation, layer.groups)
            shape = (PHOTOS, layer.in_channels, side, side)
            weight = torch.ops.aten.mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), *form, shape)
        self.weights.append(weight)
        self.biases.append(cast(Tensor, layer.bias).detach().to(self._dtype))
        self.strides.append(stride)
        return (side + 2 * padding - kernel) // stride + 1


def _features(
    x: Tensor, weights: list[Tensor], biases: list[Tensor], strides: list[int],
    shortcuts: list[bool],
) -> Tensor:  # fmt: skip
    """Return pooled features, in TorchScript's part of Python.

    Args:
        weights, biases, strides: of the stem, and of each block's three convolutions and shortcut.
        shortcuts: whether a block's shortcut is a convolution, for each block.
    """
    x = _convolved(x, weights[0], biases[0], strides[0], 3, "relu")
    x = torch.max_pool2d(x, [3, 3], [2, 2], [1, 1])
    n = 1
    for has_convolution in shortcuts:
        y = _convolved(x, weights[n], biases[n], strides[n], 0, "relu")
        y = _convolved(y, weights[n + 1], biases[n + 1], strides[n + 1], 1, "relu")
        if has_convolution:
            x = _convolved(x, weights[n + 3], biases[n + 3], strides[n + 3], 0, "none")
        # Nobody needs the block's input after this: the sum is written over it.
        x = torch.ops.mkldnn._convolution_pointwise_(
            x, y, weights[n + 2], biases[n + 2], [0, 0], [1, 1], [1, 1], 1, "add", 1.0, "relu", [],
            "",
        )  # fmt: skip
        n += 4 if has_convolution else 3
    return x.mean([2, 3])


def _convolved(
    x: Tensor, weight: Tensor, bias: Tensor, stride: int, padding: int, then: str
) -> Tensor:
    """Return the output of a convolution; with ``relu`` for ``then``, 0 where it is less."""
    y: Tensor = torch.ops.mkldnn._convolution_pointwise(
        x, weight, bias, [padding, padding], [stride, stride], [1, 1], 1, then, [], ""
    )
    return y
