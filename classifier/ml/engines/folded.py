"""The backbone as it serves: batch norms folded into the convolutions before them."""

import copy
from typing import cast

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models.resnet import Bottleneck, ResNet


def folded(backbone: nn.Module) -> ResNet:
    """Return a copy of a ResNet-50 in evaluation mode without batch norms, in channels-last memory.

    A batch norm in evaluation mode is a fixed scale and shift, so the convolution can do its work
    (Jacob et al. 2018, arXiv:1712.05877, section 3.2).
    """
    copied = cast(ResNet, copy.deepcopy(backbone)).eval()
    copied.conv1, copied.bn1 = fuse_conv_bn_eval(copied.conv1, copied.bn1), nn.Identity()
    for block in copied.modules():
        if isinstance(block, Bottleneck):
            _fold(block)
    return copied.to(memory_format=torch.channels_last)


def _fold(block: Bottleneck) -> None:
    for number in "123":
        conv, norm = getattr(block, f"conv{number}"), getattr(block, f"bn{number}")
        setattr(block, f"conv{number}", fuse_conv_bn_eval(conv, norm))
        setattr(block, f"bn{number}", nn.Identity())
    if block.downsample is not None:
        conv, norm = block.downsample
        block.downsample = fuse_conv_bn_eval(conv, norm)
