"""Files made to cost much: bombs of every accepted format, at the limits and far beyond them.

Blank pictures are a few bytes to send and millions of pixels to decode. What is too large to be
made here is a small file whose header names other sizes, or one of many parts.
"""

import random
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Final

from PIL import Image

from classifier.photos.decoding_cost import MOST_PIXELS
from tests.odd_metadata import jpeg_with, png_with
from tests.pictures import encoded, png_bomb, png_chunks, scene

# Of the side that a limit allows; 3 and 12: what must be refused before it is decoded.
SHARES: Final = (0.6, 0.97, 0.999, 1.01, 1.6, 3.0)
JPEG_SIDE: Final = 7745  # of 60 million pixels


def hostile(number: int) -> bytes:
    """Return one of the files; numbers that follow each other are of different kinds."""
    rng = random.Random(number)  # noqa: S311  # no secret
    makers: tuple[Callable[[random.Random], bytes], ...] = (
        _large_png, _large_webp, _large_gif, _large_jpeg, _large_heif, _large_avif, _wrong_size,
        _many_parts, _packed_text, _many_scans, _one_bit_png, _sixteen_bit_png,
    )  # fmt: skip
    return makers[number % len(makers)](rng)


def _side(image_format: str, rng: random.Random) -> int:
    return int(MOST_PIXELS[image_format] ** 0.5 * rng.choice(SHARES))


@cache
def _blank(image_format: str, side: int, mode: str) -> bytes:
    options = {
        "PNG": {"compress_level": 1}, "WEBP": {"lossless": True, "method": 0}, "AVIF": {"speed": 10}
    }  # fmt: skip
    return encoded(Image.new(mode, (side, side)), image_format, **options.get(image_format, {}))


def _large_png(rng: random.Random) -> bytes:
    return _blank("PNG", _side("PNG", rng), rng.choice(("RGB", "RGBA", "P", "LA")))


def _large_webp(rng: random.Random) -> bytes:
    return _blank("WEBP", min(_side("WEBP", rng), 16_000), rng.choice(("RGB", "RGBA")))


def _large_gif(rng: random.Random) -> bytes:
    return _blank("GIF", _side("GIF", rng), "P")


def _large_jpeg(rng: random.Random) -> bytes:
    side = int(JPEG_SIDE * rng.choice(SHARES[:4]))
    return _jpeg(side, rng.choice(("L", "RGB", "CMYK")), progressive=rng.random() < 0.5)


@cache
def _jpeg(side: int, mode: str, *, progressive: bool) -> bytes:
    return encoded(Image.new(mode, (side, side)), "JPEG", progressive=progressive)


def _large_heif(rng: random.Random) -> bytes:
    return _sized_box("HEIF", rng) if rng.random() < 0.8 else _blank("HEIF", 4000, "RGB")


def _large_avif(rng: random.Random) -> bytes:
    return _sized_box("AVIF", rng) if rng.random() < 0.6 else _blank("AVIF", 4990, "RGB")


def _sized_box(image_format: str, rng: random.Random) -> bytes:
    """Return a small picture whose box of sizes, `ispe`, names others."""
    data = bytearray(encoded(scene(), image_format))
    at = data.index(b"ispe") + 8
    sides = [rng.choice((1, 640, 4999, 5001, 7000, 65_535, 2**31 - 1, 2**32 - 1)) for _ in "wh"]
    data[at : at + 8] = struct.pack(">II", *sides)
    return bytes(data)


def _wrong_size(rng: random.Random) -> bytes:
    """A small JPEG, GIF or WebP whose header names other sizes."""
    match rng.randrange(3):
        case 0:
            data = bytearray(encoded(scene(), "JPEG", progressive=rng.random() < 0.5))
            frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
            data[frame + 5 : frame + 9] = struct.pack(">HH", *_sides(rng, 65_535))
        case 1:
            data = bytearray(encoded(scene().quantize(16), "GIF"))
            data[6:10] = struct.pack("<HH", *_sides(rng, 65_535))
        case _:
            data = bytearray(encoded(scene(), "WEBP", quality=80))
            at = data.index(b"\x9d\x01\x2a") + 3
            data[at : at + 4] = struct.pack("<HH", *_sides(rng, 16_383))
    return bytes(data)


def _sides(rng: random.Random, most: int) -> tuple[int, int]:
    return rng.choice(((most, most), (7000, 7000), (1, most), (most, 1), (5000, 4900)))


def _many_parts(rng: random.Random) -> bytes:
    """Tens of thousands of empty segments, chunks or frames."""
    match rng.randrange(3):
        case 0:
            return jpeg_with(*[(rng.choice((0xE1, 0xE2, 0xFE)), b"")] * 50_000)
        case 1:
            return png_with(*[(rng.choice((b"tEXt", b"zzZz", b"eXIf")), b"a\0")] * 50_000)
        case _:
            frames = [Image.new("P", (200, 200), number % 7) for number in range(400)]
            return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def _packed_text(rng: random.Random) -> bytes:
    """Megabytes of nothing in a compressed text or profile of a PNG."""
    packed = zlib.compress(bytes(rng.choice((10, 60, 200)) * 2**20), 9)
    kinds = (
        (b"zTXt", b"Comment\0\0"), (b"iCCP", b"profile\0\0"), (b"iTXt", b"Comment\0\1\0en\0\0"),
    )  # fmt: skip
    kind, head = rng.choice(kinds)
    return png_with((kind, head + packed))


def _many_scans(rng: random.Random) -> bytes:
    """A progressive JPEG whose last scan comes again and again, each decoded anew."""
    side = rng.choice((512, 2000))
    data = _jpeg(side, "RGB", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * rng.choice((100, 1000)) + data[-2:]


def _one_bit_png(rng: random.Random) -> bytes:
    side = int(5000 * rng.choice(SHARES))
    return png_bomb(side, rng.choice((side, side // 50)))


def _sixteen_bit_png(rng: random.Random) -> bytes:
    """A PNG of eight bytes a pixel, interlaced or not, at the limit or beyond."""
    return _wide_png(int(5000 * rng.choice(SHARES)), interlaced=rng.random() < 0.5)


@cache
def _wide_png(side: int, *, interlaced: bool) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, int(interlaced))
    packer = zlib.compressobj(1)
    # As many bytes as the passes of an interlaced one need at most.
    row = bytes(8 * side + 1)
    body = b"".join(packer.compress(row) for _ in range(side + side // 8)) + packer.flush()
    return png_chunks((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
