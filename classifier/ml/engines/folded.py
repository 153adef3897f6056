"""A backbone as it serves: batch norms folded into the convolutions before them."""

import copy
from itertools import chain
from typing import TypeVar, cast

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from classifier.ml.resnet import Bottleneck

M = TypeVar("M", bound=nn.Module)


def folded(part: M) -> M:
    """Return a copy of a ResNet-50, or of its first stages, for inference, in channels-last memory.

    A batch norm in evaluation mode is a fixed scale and shift, so the convolution can do its work
    (Jacob et al. 2018, arXiv:1712.05877, section 3.2).

    Args:
        part: its stem is named ``conv1`` and ``bn1``, as in a ResNet-50.
    """
    # Folding makes new weights of all that it needs: copying them before would take half the time.
    weights = chain(part.parameters(), part.buffers())
    copied = copy.deepcopy(part, {id(weight): weight for weight in weights}).eval()
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
