"""Drawn pictures that engines are compared on: shapes, colours and noise, the same each time."""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

_SIDES: Final = (288, 384)


def drawn_pictures(count: int) -> list[bytes]:
    """Return so many different JPEGs; the same ones each time."""
    return [_picture(np.random.default_rng(number)) for number in range(count)]


def _picture(random: np.random.Generator) -> bytes:
    height, width = random.permutation(_SIDES)
    image = Image.new("RGB", (int(width), int(height)), _colour(random))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(3, 9))):
        left, top = random.uniform(0, 0.7, 2) * (width, height)
        right, bottom = (left, top) + random.uniform(0.1, 0.6, 2) * (width, height)
        shape = draw.ellipse if random.random() < 0.5 else draw.rounded_rectangle
        shape((left, top, right, bottom), fill=_colour(random), outline=_colour(random), width=3)
    noise = random.normal(0, 12, (int(height), int(width), 1))
    pixels = np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _colour(random: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = random.integers(0, 256, 3)
    return int(red), int(green), int(blue)
