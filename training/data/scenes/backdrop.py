"""Find the plain backdrop of a shop photo: what a person would cut the piece out of."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import ndimage

FRAME: Final = 2  # pixels on each side that are looked at first
SPREAD: Final = 18  # of 255, from the median of the frame, that a plain one keeps within
PLAIN: Final = 0.75  # share of the frame that must keep within it
STEP: Final = 4  # of 255, between neighbours, up to which the backdrop goes on
LEAST: Final = 0.1  # share of the photo; less, or more than the next, shows no piece before it
MOST: Final = 0.95
AROUND: Final = np.ones((3, 3), dtype=bool)

Mask = NDArray[np.bool_]


def plain_backdrop(image: Image.Image) -> Mask | None:
    """Return which pixels show the backdrop, (H, W); None where there is no plain one.

    The backdrop is what is connected to the photo's frame without a step in colour (a flood fill
    from the frame with a floating range), so a soft shadow belongs to it.

    Args:
        image: RGB; a few hundred pixels wide is enough.
    """
    pixels = np.asarray(image).astype(np.int16)
    frame = _frame(pixels)
    middle = np.median(frame, axis=0)
    if (np.abs(frame - middle).max(axis=1) < SPREAD).mean() < PLAIN:
        return None
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8))).astype(np.int16)
    # A rim of the backdrop's colour joins those parts of it that the piece separates. It is two
    # pixels wide: the outer one then has no step anywhere.
    rimmed = np.empty((blurred.shape[0] + 4, blurred.shape[1] + 4, 3), dtype=np.int16)
    rimmed[:] = middle
    rimmed[2:-2, 2:-2] = blurred
    regions, _ = ndimage.label(_without_steps(rimmed))
    mask: Mask = (regions == regions[0, 0])[2:-2, 2:-2]
    if not LEAST < mask.mean() < MOST:
        return None
    return np.asarray(ndimage.binary_dilation(mask, AROUND))


def _frame(pixels: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the pixels of the frame, (N, 3)."""
    strips = (pixels[:FRAME], pixels[-FRAME:], pixels[:, :FRAME], pixels[:, -FRAME:])
    return np.concatenate([strip.reshape(-1, 3) for strip in strips])


def _without_steps(pixels: NDArray[np.int16]) -> Mask:
    """Return which pixels differ little from the one to their right and the one below."""
    calm = np.ones(pixels.shape[:2], dtype=bool)
    calm[:, :-1] &= np.abs(np.diff(pixels, axis=1)).max(axis=2) <= STEP
    calm[:-1] &= np.abs(np.diff(pixels, axis=0)).max(axis=2) <= STEP
    return calm
