"""A photo's bytes become upright pixels, whatever its metadata says: for the product and training.

Which formats are taken, how a photo is turned, and what counts as damaged is decided here, once.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

import pillow_heif
from PIL import Image, UnidentifiedImageError

from classifier.photos import metadata
from classifier.photos.metadata import jpeg
from classifier.photos.metadata.facts import UPRIGHT, exif_orientation

pillow_heif.register_heif_opener()

logger = logging.getLogger(__name__)

FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")
FORMATS_IN_WORDS: Final = "JPEG, PNG, WebP, HEIC, AVIF or GIF"
# How much of a JPEG that was cut off may be missing: one row of its blocks, or a fiftieth.
MISSING_ROWS: Final = 16
MISSING_SHARE: Final = 0.02
# A longer photo, made as small as the network takes it, would be a line of a few pixels.
MOST_ELONGATED: Final = 63
# A JPEG can be decoded at these fractions of its size.
_JPEG_SCALES: Final = (8, 4, 2)
# How an orientation is undone (EXIF 2.32, 4.6.4 A: where row 0 and column 0 of the picture are).
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class DecodingError(Exception):
    """The bytes give no picture; the message says why."""


class UnknownFormatError(DecodingError):
    """The bytes are of no format that is taken."""


class TooElongatedError(DecodingError):
    """The picture is so long and narrow that nothing can be seen on it once it is made smaller."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        super().__init__(
            f"The photo has {width} x {height} pixels. Its long side can be at most "
            f"{MOST_ELONGATED} times its short side; please cut it."
        )


class TooManyPixelsError(DecodingError):
    """Pillow's own limit, far above any photo, is passed, or there is no memory for so many."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Upright pixels in the file's own mode and colours; of an animation, the first frame."""

    image: Image.Image
    icc_profile: bytes | None


Side = Literal["short", "long"]


def decode(
    data: bytes,
    *,
    at_least: int,
    side: Side = "short",
    check: Callable[[Image.Image], None] | None = None,
) -> Decoded:
    """Return the picture; metadata that cannot be read is no metadata.

    Args:
        data: the file's bytes.
        at_least: the length needed, in pixels; a JPEG may be decoded at half, a quarter or an
            eighth of its size, at a fraction of the cost, as long as the side keeps that much.
        side: which side of the picture that is.
        check: is given the opened image before its pixels are decoded, and may raise.

    Raises:
        DecodingError: if there is no picture in these bytes, or one that would be a line.
    """
    stripped = metadata.strip(data)
    with decoding_errors(data):
        image = _open(stripped.data)
    if check:
        check(image)
    if max(image.size) > MOST_ELONGATED * min(image.size):
        raise TooElongatedError(*image.size)
    with decoding_errors(data):
        image = _load(image, stripped.data, _draft_size(image.size, at_least, side))
        profile = stripped.icc_profile or image.info.get("icc_profile")
        orientation = stripped.orientation or exif_orientation(image.info.get("exif"))
        turn = _TURNS.get(orientation or UPRIGHT)
        return Decoded(image if turn is None else image.transpose(turn), profile)


@contextmanager
def decoding_errors(data: bytes) -> Iterator[None]:
    """Make `DecodingError` of whatever a decoder raises for these bytes.

    Files come from strangers, and no list of what the decoders may raise is complete: one photo
    must never take others with it, so what is not known of is logged, with the file's SHA-256.
    """
    try:
        yield
    # Pillow only warns of this at first.
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise TooManyPixelsError(str(error)) from error
    except UnidentifiedImageError as error:
        raise UnknownFormatError("It is of no known format.") from error
    # What decoders raise for damaged files (those of AVIF and HEIC a RuntimeError).
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise DecodingError(str(error)) from error
    except Exception as error:
        digest = hashlib.sha256(data).hexdigest()
        logger.exception("A decoder failed unexpectedly; the file's SHA-256 is %s.", digest)
        raise DecodingError(f"{type(error).__name__}: {error}") from error


def stored_size(data: bytes) -> tuple[int, int]:
    """Return width and height as the file has them, in pixels; no pixels are decoded.

    Raises:
        DecodingError: if the bytes are no picture.
    """
    with decoding_errors(data), _open(metadata.strip(data).data) as image:
        return image.size


def _open(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data), formats=FORMATS)


def _draft_size(size: tuple[int, int], at_least: int, side: Side) -> tuple[int, int]:
    """Return the smallest size at which a JPEG may be decoded; the whole size for a small one."""
    length = min(size) if side == "short" else max(size)
    scale = next((scale for scale in _JPEG_SCALES if length >= scale * at_least), 1)
    return size[0] // scale, size[1] // scale


def _load(image: Image.Image, data: bytes, size: tuple[int, int]) -> Image.Image:
    """Decode the pixels; of a JPEG that lacks its end, as far as they go.

    Raises:
        OSError: if more than a few rows are missing; and what decoders raise.
    """
    try:
        image.draft("RGB", size)
        image.load()
    except OSError:
        if image.format != "JPEG":
            raise
        # In full size: what is missing is counted in rows. Decoders paint it grey.
        image = _open(data + jpeg.END)
        image.load()
        if _grey_rows(image) > max(MISSING_ROWS, MISSING_SHARE * image.height):
            raise
    return image


def _grey_rows(image: Image.Image) -> int:
    """Return how many of the last rows end in the grey that stands for pixels never sent."""
    edge = image.crop((image.width - 1, 0, image.width, image.height)).convert("L")
    values = edge.tobytes()[::-1]
    return next((row for row, value in enumerate(values) if abs(value - 128) > 1), len(values))
