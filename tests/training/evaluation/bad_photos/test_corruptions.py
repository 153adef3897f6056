"""Hard photos made by code."""

import numpy as np
import pytest
from PIL import Image

from training.evaluation.bad_photos.corruptions import CORRUPTIONS, corrupted


def photo() -> Image.Image:
    """Return a photo without any symmetry."""
    pixels = np.zeros((160, 120, 3), dtype=np.uint8)
    pixels[..., 0] = np.linspace(20, 230, 120)[None]
    pixels[..., 1] = np.linspace(200, 30, 160)[:, None]
    pixels[40:90, 20:50, 2] = 250
    return Image.fromarray(pixels)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_changes_the_photo_and_is_always_the_same(name: str) -> None:
    """Every one gives another RGB picture, twice the same, and leaves the photo as it was."""
    original = photo()
    first, second = (corrupted(original, name, seed=7) for _ in range(2))
    assert first.mode == "RGB"
    assert first.tobytes() == second.tobytes()
    assert first.size != original.size or first.tobytes() != original.tobytes()
    assert original.tobytes() == photo().tobytes()


def test_photos_are_corrupted_differently() -> None:
    """Another photo is tilted by another angle."""
    assert corrupted(photo(), "tilted", 1).size != corrupted(photo(), "tilted", 2).size


def test_a_small_photo_survives_every_corruption() -> None:
    """A photo of a few pixels is a photo."""
    for name in CORRUPTIONS:
        made = corrupted(Image.new("RGB", (9, 5), (1, 2, 3)), name, 0)
        assert min(made.size) > 0
