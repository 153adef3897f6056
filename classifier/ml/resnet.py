"""ResNet-50 (He et al. 2015, arXiv:1512.03385), with the names and numbers of torchvision's.

Weights of the one fit the other, and the same seed draws the same. It is written out since a worker
needs no more of torchvision than this: importing that package brings in torch's compiler, half of
the processor time that a worker takes to start.
"""

from collections.abc import Iterator
from typing import Final

import torch
from torch import Tensor, nn

EXPANSION: Final = 4  # a block's outputs, times its width
CLASSES: Final = 1000  # of ImageNet


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


class Bottleneck(nn.Module):
    """Three convolutions beside a shortcut; the stride is on the second (``v1.5``)."""

    def __init__(
        self, inputs: int, width: int, stride: int, downsample: nn.Sequential | None
    ) -> None:
        super().__init__()
        self.conv1 = _convolution(inputs, width, 1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = _convolution(width, width, 3, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = _convolution(width, width * EXPANSION, 1)
        self.bn3 = nn.BatchNorm2d(width * EXPANSION)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = downsample

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        y += x if self.downsample is None else self.downsample(x)
        out: Tensor = self.relu(y)
        return out


class ResNet50(nn.Module):
    """Input: (N, 3, H, W), ImageNet-normalised. Output: what ``fc`` makes of (N, 2048)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = nn.Sequential(*_blocks(64, width=64, blocks=3, stride=1))
        self.layer2 = nn.Sequential(*_blocks(256, width=128, blocks=4, stride=2))
        self.layer3 = nn.Sequential(*_blocks(512, width=256, blocks=6, stride=2))
        self.layer4 = nn.Sequential(*_blocks(1024, width=512, blocks=3, stride=2))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc: nn.Module = nn.Linear(512 * EXPANSION, CLASSES)
        for module in self.modules():
            # On no device, where weights are loaded afterwards, drawing would import the compiler.
            if isinstance(module, nn.Conv2d) and not module.weight.is_meta:
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        out: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return out


def _blocks(inputs: int, *, width: int, blocks: int, stride: int) -> Iterator[Bottleneck]:
    """Yield the blocks of a stage; the first changes the shape, so its shortcut does as well."""
    outputs = width * EXPANSION
    shortcut = nn.Sequential(_convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
    yield Bottleneck(inputs, width=width, stride=stride, downsample=shortcut)
    for _ in range(1, blocks):
        yield Bottleneck(outputs, width=width, stride=1, downsample=None)
