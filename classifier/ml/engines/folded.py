"""The backbone as it serves: batch norms folded into the convolutions before them."""

import copy
from typing import cast

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from classifier.ml.resnet import Bottleneck, ResNet50


def folded(backbone: nn.Module) -> ResNet50:
    """Return a copy of a ResNet-50 in evaluation mode without batch norms, in channels-last memory.

    A batch norm in evaluation mode is a fixed scale and shift, so the convolution can do its work
    (Jacob et al. 2018, arXiv:1712.05877, section 3.2).
    """
    copied = cast(ResNet50, copy.deepcopy(backbone)).eval()
    _fold(copied, "1")
    for block in copied.modules():
        if isinstance(block, Bottleneck):
            _fold(block, "123")
            if isinstance(block.downsample, nn.Sequential):
                block.downsample = fuse_conv_bn_eval(
                    cast(nn.Conv2d, block.downsample[0]), cast(nn.BatchNorm2d, block.downsample[1])
                )
    return copied.to(memory_format=torch.channels_last)


def _fold(module: nn.Module, numbers: str) -> None:
    for number in numbers:
        convolution: nn.Conv2d = getattr(module, f"conv{number}")
        norm: nn.BatchNorm2d = getattr(module, f"bn{number}")
        setattr(module, f"conv{number}", fuse_conv_bn_eval(convolution, norm))
        setattr(module, f"bn{number}", nn.Identity())
