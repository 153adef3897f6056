"""Photos as sellers' devices make them, good and bad, as bytes."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()


def scene(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    """Return a picture whose four corners differ: red, green, blue and white (clockwise)."""
    image = Image.new("RGB", (width, height), "grey")
    draw = ImageDraw.Draw(image)
    w, h = width // 4, height // 4
    for (left, top), colour in zip(
        ((0, 0), (width - w, 0), (width - w, height - h), (0, height - h)),
        ("red", "lime", "blue", "white"),
        strict=True,
    ):
        draw.rectangle((left, top, left + w, top + h), fill=colour)
    return image.convert(mode)


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    """Return the picture as a file of this format."""
    buffer = BytesIO()
    if image_format == "HEIF":  # its encoder's own choice takes three times as long
        options = {"enc_params": {"preset": "ultrafast"}} | options
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def jpeg(width: int = 320, height: int = 240) -> bytes:
    return encoded(scene(width, height), "JPEG", quality=92)


def noise_jpeg(width: int, height: int) -> bytes:
    """Return a JPEG that hardly compresses."""
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return encoded(Image.fromarray(pixels), "JPEG", quality=95)


def png_chunks(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG made of these chunks (type, content), each with its right checksum."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def png_bomb(width: int, height: int) -> bytes:
    """Return a tiny PNG that says it has this many pixels, all black."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_chunks((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))


def png_16_bit_rgb(red: float, green: float, blue: float, side: int = 64) -> bytes:
    """Return a 16-bit colour PNG of one colour; the channels go from 0 to 1."""
    header = struct.pack(">IIBBBBB", side, side, 16, 2, 0, 0, 0)
    pixel = struct.pack(">HHH", *(round(65535 * value) for value in (red, green, blue)))
    body = zlib.compress((b"\0" + pixel * side) * side)
    return png_chunks((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))


def rotated_by_exif(orientation: int) -> bytes:
    """Return `scene` as a phone stores it that was held another way: turned, with a tag."""
    turned = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90,
              8: Image.Transpose.ROTATE_270}[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhoneMaker"
    return encoded(scene().transpose(turned), "JPEG", quality=92, exif=exif)


def animated_gif() -> bytes:
    """Return an animation whose first frame is `scene` and whose other frames are black."""
    frames = [Image.new("RGB", (320, 240), colour) for colour in ("black", "navy")]
    return encoded(scene(), "GIF", save_all=True, append_images=frames, duration=100)


def damaged(data: bytes, seed: int) -> bytes:
    """Return the file with some bytes changed, cut out or cut off, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    content = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    if rng.random() < 0.3:
        del content[rng.randrange(len(content)) :]
    if rng.random() < 0.3 and len(content) > 40:
        start = rng.randrange(len(content) - 20)
        del content[start : start + rng.randint(1, 20)]
    return bytes(content)


def colour_at(image: Image.Image, position: tuple[int, int]) -> tuple[int, ...]:
    """Return the channels of one pixel of a picture that has several."""
    colour = image.getpixel(position)
    assert isinstance(colour, tuple)
    return colour
