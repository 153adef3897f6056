"""Pictures that all look different from each other, also to a perceptual hash."""

from pathlib import Path

import numpy as np
from PIL import Image


def pattern(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Return soft patches of colour; another seed gives a picture that looks nothing like it."""
    patches = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)


def save_pattern(path: Path, seed: int, size: tuple[int, int] = (160, 120)) -> Path:
    """Write `pattern` as a JPEG, with the folders above it, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pattern(seed, size).save(path, "JPEG", quality=92)
    return path
