"""From a photo's bytes to the network's input: the one transform of training and serving."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from classifier.ml.manifest import Preprocessing
from classifier.photos import decoding
from classifier.photos.cleaning import THUMBNAIL_SIDE, CleanPhoto

# A thumbnail is compressed more than its photo is. That cannot be seen any more where so many of
# its pixels, across and down, become one of the input's.
_AVERAGED: Final = 2


class UnreadablePhotoError(Exception):
    """The bytes are not a photo that can be decoded; the message says why in plain words."""


def decode(data: bytes, at_least: int) -> Image.Image:
    """Decode a photo to upright RGB.

    Args:
        data: the file's bytes.
        at_least: the short side needed, in pixels; a JPEG may be decoded at half, a quarter or an
            eighth of its size as long as it keeps that much.

    Raises:
        UnreadablePhotoError: if the bytes cannot be decoded.
    """
    try:
        decoded = decoding.decode(data, at_least=at_least)
        with decoding.decoding_errors(data):
            return decoded.image.convert("RGB")
    except decoding.TooElongatedError as error:
        raise UnreadablePhotoError(str(error)) from error
    except decoding.DecodingError as error:
        raise UnreadablePhotoError(f"The photo cannot be decoded ({error}).") from error


def thumbnail_is_enough(width: int, height: int, preprocessing: Preprocessing) -> bool:
    """Return whether a photo's thumbnail shows the network the same, for a third of the decoding.

    Args:
        width: of the photo, in pixels; as ``height``.
    """
    longer = max(width, height)
    scale = _scale(width, height, preprocessing)
    # A photo that is hardly longer costs hardly more to decode.
    return longer >= 2 * THUMBNAIL_SIDE and THUMBNAIL_SIDE / longer >= _AVERAGED * scale


def served_file(photo: CleanPhoto, preprocessing: Preprocessing) -> bytes:
    """Return what a worker would read of a photo that was cleaned with its thumbnail."""
    enough = thumbnail_is_enough(photo.width, photo.height, preprocessing)
    return photo.thumbnail if enough else photo.jpeg


def fit_square(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """Return the photo as a square, cut or filled up as ``preprocessing.fit`` says."""
    size = preprocessing.size
    scale = _scale(*image.size, preprocessing)
    if preprocessing.fit == "centre_crop":
        image = image.resize(
            (max(size, round(image.width * scale)), max(size, round(image.height * scale))),
            Image.Resampling.BILINEAR,
        )
        left, top = (image.width - size) // 2, (image.height - size) // 2
        return image.crop((left, top, left + size, top + size))
    image = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
        Image.Resampling.BILINEAR,
    )
    square = Image.new("RGB", (size, size), border_colour(image))
    square.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    return square


def _scale(width: int, height: int, preprocessing: Preprocessing) -> float:
    """Return the input's pixels for one of a photo's, across or down."""
    if preprocessing.fit == "centre_crop":
        return preprocessing.resize / min(width, height)
    return preprocessing.size / max(width, height)


def border_colour(image: Image.Image) -> tuple[int, int, int]:
    """Return the median colour of the outermost pixels: for most shop photos, the backdrop."""
    pixels = np.asarray(image)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = np.median(border, axis=0).astype(int)
    return int(red), int(green), int(blue)


def to_tensor(data: bytes, preprocessing: Preprocessing) -> Tensor:
    """Return a photo as uint8 (3, size, size); `normalise` makes a batch of them the input.

    Raises:
        UnreadablePhotoError: if the bytes cannot be decoded.
    """
    square = fit_square(decode(data, at_least=preprocessing.resize), preprocessing)
    return torch.from_numpy(np.array(square)).permute(2, 0, 1)


def stacked(photos: Sequence[Tensor]) -> Tensor:
    """Return photos, uint8 (3, H, W), as one batch (N, 3, H, W), in memory as `to_tensor` has them.

    That is pixel by pixel, as the network wants them.
    """
    return torch.stack([photo.permute(1, 2, 0) for photo in photos]).permute(0, 3, 1, 2)


def normalise(batch: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Return uint8 (N, 3, H, W) as normalised float32 in channels-last memory, same device."""
    photos, channels, height, width = batch.shape
    # Line by line, as `stacked` has them in memory: with three numbers a pixel torch would go
    # through them three at a time, which takes twice as long.
    lines = batch.permute(0, 2, 3, 1).reshape(photos * height, width * channels)
    mean = torch.tensor(preprocessing.mean, device=batch.device).repeat(width)
    std = torch.tensor(preprocessing.std, device=batch.device).repeat(width)
    pixels = lines.to(torch.float32).div_(255).sub_(mean).div_(std)
    return pixels.view(photos, height, width, channels).permute(0, 3, 1, 2)
