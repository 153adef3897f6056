"""What strong views are made of: a window of the photo, light, low resolution, cover, noise.

All random numbers come from the generator that is given, so a seed gives the same view again.
"""

import math
import random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from classifier.ml.preprocessing import border_colour

LEAST_SHIFT: Final = 0.06  # of half the side: a whole photo is not always in the middle
GREY: Final = 0.05  # share of the views without colour

Pixels = NDArray[np.float32]  # (H, W, 3), 0 to 1


class Framing(NamedTuple):
    """How a window of the photo is chosen.

    Attributes:
        area: least and most of the photo's square, as a share; above 1 there is a margin.
        tilt: standard deviation, in degrees.
        turned: share of the views that lie on a side or stand on their head.
    """

    area: tuple[float, float]
    tilt: float
    turned: float = 0.0


def window(square: Image.Image, size: int, framing: Framing, rng: random.Random) -> Image.Image:
    """Return a window of a square photo, tilted and perhaps mirrored, (size, size).

    What lies outside the photo has the colour of its border. The window is sampled at twice its
    size and averaged, since sampling alone would alias.
    """
    least, most = framing.area
    area = math.exp(rng.uniform(math.log(least), math.log(most)))
    ratio = math.exp(rng.uniform(-0.28, 0.28))
    wide, high = math.sqrt(area * ratio), math.sqrt(area / ratio)
    across = rng.uniform(-1, 1) * max(1 - wide, LEAST_SHIFT)
    down = rng.uniform(-1, 1) * max(1 - high, LEAST_SHIFT)
    angle = math.radians(rng.gauss(0, framing.tilt))
    if rng.random() < framing.turned:
        angle += rng.choice((1, 2, 3)) * math.pi / 2
    mirrored = -1 if rng.random() < 0.5 else 1
    # Output (u, v) in [-1, 1] shows the photo at this matrix times (u, v), plus the shift.
    a, b = mirrored * wide * math.cos(angle), -high * math.sin(angle)
    d, e = mirrored * wide * math.sin(angle), high * math.cos(angle)
    twice, half = 2 * size, square.width / 2
    step = 2 / twice  # of u and v, from one pixel to the next
    return square.transform(
        (twice, twice),
        Image.Transform.AFFINE,
        (
            half * a * step, half * b * step, half * (1 + across - a - b),
            half * d * step, half * e * step, half * (1 + down - d - e),
        ),
        Image.Resampling.BILINEAR,
        fillcolor=border_colour(square),
    ).reduce(2)  # fmt: skip


def light(pixels: Pixels, strength: float, rng: random.Random) -> Pixels:
    """Return the photo in another light: gamma, brightness, colour cast, contrast, saturation."""

    def around_one(below: float, above: float) -> float:
        return rng.uniform(1 - below * strength, 1 + above * strength)

    pixels = pixels ** np.float32(math.exp(rng.uniform(-0.25, 0.25) * strength))
    cast = [around_one(0.12, 0.12) for _ in range(3)]
    pixels = pixels * np.array(cast, dtype=np.float32) * np.float32(around_one(0.3, 0.25))
    mean = pixels.mean()
    pixels = (pixels - mean) * np.float32(around_one(0.35, 0.3)) + mean
    saturation = around_one(0.5, 0.4)
    if rng.random() < GREY:
        saturation = 0.0
    grey = pixels.mean(axis=2, keepdims=True)
    lit: Pixels = np.clip(grey + (pixels - grey) * np.float32(saturation), 0, 1)
    return lit


def low_resolution(image: Image.Image, rng: random.Random) -> Image.Image:
    """Return the photo as a half or a third of its pixels show it."""
    return image.reduce(rng.choice((2, 3))).resize(image.size, Image.Resampling.BILINEAR)


def covered(
    image: Image.Image, by: Image.Image | None, area: tuple[float, float], rng: random.Random
) -> Image.Image:
    """Return the photo with a rectangle over it, of one colour or of another photo.

    Args:
        image: (size, size).
        by: another photo of that size; None takes a colour.
        area: least and most of the photo that is covered, as a share.
    """
    share, ratio = rng.uniform(*area), math.exp(rng.uniform(-0.7, 0.7))
    wide = min(1.0, math.sqrt(share * ratio)) * image.width
    high = min(1.0, math.sqrt(share / ratio)) * image.height
    left, top = rng.uniform(0, image.width) - wide / 2, rng.uniform(0, image.height) - high / 2
    box = (
        max(0, round(left)), max(0, round(top)),
        min(image.width, round(left + wide)), min(image.height, round(top + high)),
    )  # fmt: skip
    result = image.copy()
    if by is None:
        result.paste(random_colour(rng), box)
    else:
        result.paste(by.crop(box), box)
    return result


def noisy(pixels: Pixels, spread: float, rng: random.Random) -> Pixels:
    """Return the photo with noise of a dark room: normal, of this standard deviation."""
    draw = np.random.default_rng(rng.getrandbits(64))
    return np.clip(pixels + spread * draw.standard_normal(pixels.shape, dtype=np.float32), 0, 1)


def random_colour(rng: random.Random) -> tuple[int, int, int]:
    """Return any colour."""
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)
