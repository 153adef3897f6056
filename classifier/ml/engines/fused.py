"""A folded ResNet-50 as oneDNN runs it best on a CPU: what follows a convolution is done in it.

By itself torch goes over each activation again for the shortcut's sum and for the rectifier. In
bfloat16 it has oneDNN lay out the weights anew in every pass besides, which for one photo takes as
long as the pass. The operators here are those that torch's own compiler puts in their place.

The modules are written in what TorchScript understands: `classifier.ml.engines.scripted`.
"""

from typing import Final, cast

import torch
from torch import Tensor, nn

from classifier.ml.resnet import Bottleneck, ResNet50

# Of the passes that weights are laid out for; in bfloat16 the layout is the same for all.
PHOTOS: Final = 16


class FusedResNet(nn.Module):
    """The folded backbone up to its pooled features. Many threads may call it at once.

    Args:
        backbone: as `folded` returns it.
        dtype: that weights and activations have.
        side: of the square input, in pixels.

    Raises:
        RuntimeError, AttributeError: if this torch has no such operators.
    """

    def __init__(self, backbone: ResNet50, dtype: torch.dtype, *, side: int) -> None:
        super().__init__()
        self.largest, self.average = backbone.maxpool, backbone.avgpool
        self.stem = _Convolution(backbone.conv1, dtype, side)
        side = self.stem.side_after // cast(int, backbone.maxpool.stride)
        blocks = []
        for stage in (backbone.layer1, backbone.layer2, backbone.layer3, backbone.layer4):
            for block in stage:
                blocks.append(_Block(cast(Bottleneck, block), dtype, side))
                side = blocks[-1].side_after
        self.blocks = nn.Sequential(*blocks)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return pooled features (N, 2048) of normalised pixels (N, 3, H, W), channels last."""
        x = self.largest(self.stem(pixels, "relu"))
        return torch.flatten(self.average(self.blocks(x)), 1)


class _Block(nn.Module):
    """A bottleneck: three convolutions beside a shortcut."""

    def __init__(self, block: Bottleneck, dtype: torch.dtype, side: int) -> None:
        super().__init__()
        shortcut = block.downsample
        self.shortcut = None if shortcut is None else _Convolution(shortcut, dtype, side)
        self.first = _Convolution(block.conv1, dtype, side)
        self.second = _Convolution(block.conv2, dtype, side)
        self.side_after = self.second.side_after
        self.third = _Convolution(block.conv3, dtype, self.side_after)

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(self.first(x, "relu"), "relu")
        # Nobody needs the block's input after this: the sum is written over it.
        if self.shortcut is not None:
            x = self.shortcut(x, "none")
        return self.third.onto(x, y)


class _Convolution(nn.Module):
    """A convolution with its bias, for an input of that side."""

    def __init__(self, layer: nn.Module, dtype: torch.dtype, side: int) -> None:
        super().__init__()
        layer = cast(nn.Conv2d, layer)
        self.padding = [int(cast(int, number)) for number in layer.padding]
        self.stride, self.dilation = list(layer.stride), list(layer.dilation)
        self.groups = layer.groups
        weight = layer.weight.detach().to(dtype)
        # In float32 oneDNN wants another layout for other numbers of photos, and is slow to change
        # from one to the other.
        if dtype is torch.bfloat16:
            weight = torch.ops.aten.mkldnn_reorder_conv2d_weight(
                weight.to_mkldnn(), self.padding, self.stride, self.dilation, self.groups,
                (PHOTOS, layer.in_channels, side, side),
            )  # fmt: skip
        self.weight = weight
        self.bias = None if layer.bias is None else layer.bias.detach().to(dtype)
        self.side_after = (side + 2 * self.padding[0] - layer.kernel_size[0]) // self.stride[0] + 1

    def forward(self, x: Tensor, then: str) -> Tensor:
        """Return the output; with ``relu`` for ``then``, 0 where it is less."""
        y: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x, self.weight, self.bias, self.padding, self.stride, self.dilation, self.groups,
            then, [], "",
        )  # fmt: skip
        return y

    def onto(self, total: Tensor, x: Tensor) -> Tensor:
        """Add the output to ``total`` in its place; return that, or 0 where it is less."""
        added: Tensor = torch.ops.mkldnn._convolution_pointwise_(
            total, x, self.weight, self.bias, self.padding, self.stride, self.dilation,
            self.groups, "add", 1.0, "relu", [], "",
        )  # fmt: skip
        return added
