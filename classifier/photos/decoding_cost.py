"""What decoding a photo costs, and how much of it may go on at once.

A few bytes can stand for millions of pixels. So each format has a limit by what its decoder needs,
the memory that is being decoded into is bounded for the process, and the pixels for an upload.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from PIL import Image

from slowfashion_ai import deadline

# Of formats that cannot be decoded at a fraction of their size. With the bytes below each keeps
# under 400 MB. The largest photos that devices make are 48 million pixels (JPEG and HEIC).
MOST_PIXELS: Final[Mapping[str, int]] = MappingProxyType({
    "HEIF": 50_000_000,
    "AVIF": 25_000_000,
    "GIF": 25_000_000,
    "PNG": 25_000_000,
    "WEBP": 17_000_000,
})  # fmt: skip
# A progressive JPEG of print, whose four channels are kept in full size.
MOST_PIXELS_CMYK: Final = 45_000_000
# Pixels times scans of a JPEG: a second, for each scan is decoded anew. Programs make a dozen.
MOST_SCANNED_PIXELS: Final = 2_000_000_000
# The marker with the length and the number of components that a decoder insists on (ITU-T T.81,
# B.2.3): the marker alone comes by chance in a video that a phone appends.
_START_OF_SCAN: Final = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
# The most that decoding and cleaning took, measured with pictures of 59 million pixels; of JPEGs
# the progressive ones, whose coefficients are kept in full size (2 bytes for each of 4 channels).
_BYTES_A_PIXEL: Final[Mapping[str, int]] = MappingProxyType(
    {"JPEG": 9, "MPO": 9, "HEIF": 8, "AVIF": 10, "GIF": 9, "PNG": 13, "WEBP": 21}
)
# A JPEG is mostly decoded at half its size or less, for a quarter of the work.
_JPEG_SHARE: Final = 4


class DecodingMemory:
    """Bounds what all threads of a process decode into at once; who finds it full waits.

    One photo may always be decoded, however large.

    Args:
        size: in bytes.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def held(self, image: Image.Image) -> Iterator[None]:
        """Hold what the decoding of an opened image needs while the block lasts."""
        needed = decoding_bytes(image)
        with self._changed:
            while not self._changed.wait_for(
                lambda: not self._taken or self._taken + needed <= self._size,
                timeout=deadline.time_left(),
            ):
                deadline.check()
            self._taken += needed
        try:
            yield
        finally:
            with self._changed:
                self._taken -= needed
                self._changed.notify_all()


class PixelAllowance:
    """How many pixels the photos of one upload may have together, as `decoding_pixels` counts."""

    def __init__(self, pixels: int) -> None:
        self._left = pixels

    def spend(self, image: Image.Image) -> bool:
        """Return whether an opened image fits into what is left, and count it if so."""
        needed = decoding_pixels(image)
        if needed > self._left:
            return False
        self._left -= needed
        return True


def most_pixels(image: Image.Image) -> int | None:
    """Return the most pixels a photo of this kind may have; None where there is no own limit."""
    own = MOST_PIXELS.get(image.format or "")
    return MOST_PIXELS_CMYK if own is None and image.mode == "CMYK" else own


def scanned_pixels(image: Image.Image, data: bytes) -> int:
    """Return pixels times scans of an opened JPEG, at most; 0 of another format.

    A thumbnail in its metadata counts too.

    Args:
        data: the file's bytes.
    """
    if image.format not in ("JPEG", "MPO"):
        return 0
    return image.width * image.height * len(_START_OF_SCAN.findall(data))


def decoding_bytes(image: Image.Image) -> int:
    """Return how much memory decoding takes at most, in bytes."""
    worst = max(_BYTES_A_PIXEL.values())
    return image.width * image.height * _BYTES_A_PIXEL.get(image.format or "", worst)


def decoding_pixels(image: Image.Image) -> int:
    """Return how many pixels are decoded."""
    pixels = image.width * image.height
    return pixels // _JPEG_SHARE if image.format in ("JPEG", "MPO") else pixels
