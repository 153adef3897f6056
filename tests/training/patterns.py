"""Pictures that all look different from each other, also to a perceptual hash."""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image


def pattern(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Return soft patches of colour; another seed gives a picture that looks nothing like it."""
    patches = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)


def tinted_jpeg(class_index: int, seed: int, *, tint: float = 0.85) -> bytes:
    """Return a file with a pattern nobody else has, in the colour of its class."""
    colour = np.array([(class_index * step) % 256 for step in (67, 131, 199)], dtype=float)
    pixels = np.asarray(pattern(10_000 * class_index + seed, (96, 80)), dtype=float)
    image = Image.fromarray(((1 - tint) * pixels + tint * colour).astype(np.uint8))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def save_pattern(path: Path, seed: int, size: tuple[int, int] = (160, 120)) -> Path:
    """Write `pattern` as a JPEG, with the folders above it, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pattern(seed, size).save(path, "JPEG", quality=92)
    return path


def replace_unnoticed(path: Path, other: Path) -> None:
    """Put another photo, no larger, in place of one, so that size and times stay as they were."""
    before, data = path.stat(), other.read_bytes()
    assert len(data) <= before.st_size
    path.write_bytes(data.ljust(before.st_size, b"\0"))  # what follows a JPEG's end is ignored
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
