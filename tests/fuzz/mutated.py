"""Small photos of every accepted format, each damaged in a way that a seed names."""

import random
from functools import cache
from typing import Final

from PIL import Image

from classifier.photos.decoding import FORMATS
from tests import odd_metadata
from tests.pictures import encoded, scene

WIDTH: Final = 96
HEIGHT: Final = 72
# Lengths and sizes at which programs have gone wrong before, in two and four bytes.
ODD_NUMBERS: Final = (
    b"\0\0", b"\xff\xff", b"\x7f\xff", b"\x80\0", b"\0\0\0\0", b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff",
)  # fmt: skip


def mutated(seed: int) -> bytes:
    """Return a damaged file; one in six has sound pixels and damaged metadata."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    if seed % 6 == 0:
        return odd_metadata.DAMAGED[rng.choice(sorted(odd_metadata.DAMAGED))](seed)
    data = bytearray(rng.choice(sound_files()))
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        _damage(data, rng)
    return bytes(data)


@cache
def sound_files() -> tuple[bytes, ...]:
    """Return a photo in each format and in each of its kinds that are decoded differently."""
    picture = scene(WIDTH, HEIGHT)
    see_through = picture.convert("RGBA")
    see_through.putalpha(picture.convert("L"))
    frames = [picture.rotate(90 * turn) for turn in range(3)]
    files = (
        encoded(picture, "JPEG", quality=85),
        encoded(picture, "JPEG", quality=85, progressive=True),
        encoded(picture, "JPEG", quality=85, subsampling=0, restart_marker_rows=1),
        encoded(picture.convert("CMYK"), "JPEG", quality=85),
        encoded(picture.convert("L"), "JPEG", quality=85),
        encoded(picture, "PNG"),
        encoded(see_through, "PNG"),
        encoded(picture.convert("P"), "PNG", transparency=3),
        encoded(picture.convert("I;16"), "PNG"),
        encoded(picture.convert("1"), "PNG"),
        encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        encoded(picture, "WEBP", quality=80),
        encoded(see_through, "WEBP", lossless=True),
        encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        encoded(picture, "HEIF", quality=60),
        encoded(see_through, "HEIF", quality=60),
        encoded(picture, "AVIF", quality=60),
        encoded(see_through, "AVIF", quality=60),
        encoded(picture.quantize(16), "GIF"),
        encoded(frames[0].quantize(16), "GIF", save_all=True, append_images=frames[1:]),
    )
    assert {_format_of(data) for data in files} == set(FORMATS)
    return files


def _format_of(data: bytes) -> str | None:
    from io import BytesIO

    with Image.open(BytesIO(data)) as image:
        return image.format


def _damage(data: bytearray, rng: random.Random) -> None:
    """Do one of the things that happen to files, or that somebody does to them."""
    if len(data) < 8:
        return
    at = rng.randrange(len(data))
    # The first bytes say what the rest is: every second damage is there.
    near = at % min(len(data), 200) if rng.random() < 0.5 else at
    match rng.randrange(7):
        case 0:
            data[near] ^= 1 << rng.randrange(8)
        case 1:
            data[near] = rng.randrange(256)
        case 2:
            number = rng.choice(ODD_NUMBERS)
            data[near : near + len(number)] = number
        case 3:
            del data[max(at, 4) :]
        case 4:
            del data[near : near + rng.randrange(1, 64)]
        case 5:
            data[near:near] = rng.randbytes(rng.randrange(1, 64))
        case _:
            start = rng.randrange(len(data))
            data[near:near] = data[start : start + rng.randrange(1, 512)]
