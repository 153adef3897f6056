"""A folded ResNet-50 as oneDNN runs it best on a CPU: what follows a convolution is done in it.

By itself torch goes over each activation again for the shortcut's sum and for the rectifier. In
bfloat16 it has oneDNN lay out the weights anew in every pass besides, which for one photo takes as
long as the pass. The operators here are those that torch's own compiler puts in their place.
"""

from typing import Any, Final, cast

import torch
from torch import Tensor, nn

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
        RuntimeError, AttributeError: if this torch has no such operators.
    """

    def __init__(self, backbone: ResNet50, dtype: torch.dtype, *, side: int) -> None:
        self._pools = backbone.maxpool, backbone.avgpool
        self._stem = _Convolution(backbone.conv1, dtype, side)
        side = self._stem.side_after // cast(int, backbone.maxpool.stride)
        self._blocks = []
        for stage in (backbone.layer1, backbone.layer2, backbone.layer3, backbone.layer4):
            for block in stage:
                self._blocks.append(_Block(cast(Bottleneck, block), dtype, side))
                side = self._blocks[-1].side_after

    def __call__(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048) of normalised pixels (N, 3, H, W), channels last."""
        largest, average = self._pools
        x = largest(self._stem.rectified(pixels))
        for block in self._blocks:
            x = block(x)
        return torch.flatten(average(x), 1)


class _Block:
    """A bottleneck: three convolutions beside a shortcut."""

    def __init__(self, block: Bottleneck, dtype: torch.dtype, side: int) -> None:
        shortcut = block.downsample
        self._shortcut = None if shortcut is None else _Convolution(shortcut, dtype, side)
        self._first = _Convolution(block.conv1, dtype, side)
        self._second = _Convolution(block.conv2, dtype, side)
        self.side_after = self._second.side_after
        self._third = _Convolution(block.conv3, dtype, self.side_after)

    def __call__(self, x: Tensor) -> Tensor:
        y = self._second.rectified(self._first.rectified(x))
        # Nobody needs the block's input after this: the sum is written over it.
        return self._third.onto(x if self._shortcut is None else self._shortcut(x), y)


class _Convolution:
    """A convolution with its bias, for an input of that side."""

    def __init__(self, layer: nn.Module, dtype: torch.dtype, side: int) -> None:
        layer = cast(nn.Conv2d, layer)
        form = (layer.padding, layer.stride, layer.dilation, layer.groups)
        weight = layer.weight.detach().to(dtype)
        # In float32 oneDNN wants another layout for other numbers of photos, and is slow to change
        # from one to the other.
        if dtype is torch.bfloat16:
            shape = (PHOTOS, layer.in_channels, side, side)
            weight = torch.ops.aten.mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), *form, shape)
        bias = None if layer.bias is None else layer.bias.detach().to(dtype)
        self._arguments: tuple[Any, ...] = (weight, bias, *form)
        padding, kernel, stride = (
            int(cast(int, pair[0])) for pair in (layer.padding, layer.kernel_size, layer.stride)
        )
        self.side_after = (side + 2 * padding - kernel) // stride + 1

    def __call__(self, x: Tensor) -> Tensor:
        return self._run(x, "none")

    def rectified(self, x: Tensor) -> Tensor:
        """Return the output, or 0 where it is less."""
        return self._run(x, "relu")

    def onto(self, total: Tensor, x: Tensor) -> Tensor:
        """Add the output to ``total`` in its place; return that, or 0 where it is less."""
        added: Tensor = torch.ops.mkldnn._convolution_pointwise_.binary(
            total, x, *self._arguments, "add", 1.0, "relu", [], ""
        )
        return added

    def _run(self, x: Tensor, then: str) -> Tensor:
        y: Tensor = torch.ops.mkldnn._convolution_pointwise(x, *self._arguments, then, [None], "")
        return y
