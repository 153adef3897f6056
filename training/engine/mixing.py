"""Photos mixed with others of their batch, and their targets with them."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.data.targets import Targets

AREA: Final = (0.1, 0.5)  # least and most of a photo that cutmix takes from another
RATIO: Final = 0.7  # of the logarithm of a rectangle's proportions, at most

Spans = NDArray[np.bool_]


def mixed(
    draw: np.random.Generator, inputs: Tensor, batch: Targets, alpha: float
) -> tuple[Tensor, Targets]:
    """Return each input mixed with another's, and its targets in the same shares (mixup)."""
    share = float(draw.beta(alpha, alpha))
    other = torch.from_numpy(draw.permutation(len(inputs))).to(inputs.device)
    shares = torch.full((len(inputs),), share, device=inputs.device)
    return share * inputs + (1 - share) * inputs[other], batch.mixed(other, shares)


def cut_mixed(draw: np.random.Generator, inputs: Tensor, batch: Targets) -> tuple[Tensor, Targets]:
    """Return inputs of which a rectangle is another's, and targets in shares of the area (cutmix).

    Args:
        draw: of rectangles and partners.
        inputs: photos or outputs of a stage, (N, C, H, W).
        batch: their targets.
    """
    count, (height, width) = len(inputs), inputs.shape[2:]
    other = torch.from_numpy(draw.permutation(count)).to(inputs.device)
    taken = torch.from_numpy(_rectangles(draw, count, height, width)).to(inputs.device)
    kept = 1 - taken.float().mean(dim=(1, 2))
    return torch.where(taken[:, None], inputs[other], inputs), batch.mixed(other, kept)


def _rectangles(draw: np.random.Generator, count: int, height: int, width: int) -> Spans:
    """Return a rectangle for each of so many photos, (N, H, W), cut off where it leaves them."""
    area = draw.uniform(*AREA, size=count)
    ratio = np.exp(draw.uniform(-RATIO, RATIO, size=count))
    down = _spans(draw, height, np.sqrt(area / ratio))
    across = _spans(draw, width, np.sqrt(area * ratio))
    both: Spans = down[:, :, None] & across[:, None, :]
    return both


def _spans(draw: np.random.Generator, length: int, share: NDArray[np.float64]) -> Spans:
    """Return for each share a span of ``length`` pixels around a random one, (N, length)."""
    middle = draw.uniform(0, length, size=(len(share), 1))
    half = share[:, None] * length / 2
    pixel = np.arange(length)[None]
    inside: Spans = (pixel >= middle - half) & (pixel < middle + half)
    return inside
