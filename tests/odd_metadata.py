"""Metadata as careless programs write it, around pictures that are fine; the same for one seed."""

import random
import struct
import zlib
from collections.abc import Callable
from functools import cache, partial
from typing import Final

from PIL import Image, ImageCms

from tests import pictures

# Small, so that thousands are decoded in seconds; wider than tall, so that a turn shows.
WIDTH, HEIGHT = 48, 32
XMP: Final = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="1"/></x:xmpmeta>'
)


def exif_block(seed: int) -> tuple[bytes, int]:
    """Return an EXIF block with a right orientation, 2 to 8, among odd tags; and that number."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    order = rng.choice("<>")
    orientation = rng.randint(2, 8)
    entries = [_odd_entry(rng, order) for _ in range(rng.randint(0, 12))]
    right = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    entries.insert(rng.randint(0, len(entries)), right)
    start = rng.choice((8, 8, 8, 10, 40))
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = (mark + struct.pack(f"{order}I", start)).ljust(start, b"\0")
    body = struct.pack(f"{order}H", len(entries)) + b"".join(entries)
    after = rng.randbytes(rng.choice((0, 4, 4, 60)))
    return b"Exif\0\0" + head + body + after, orientation


# Tags that programs read or rewrite: maker, model, resolution, sizes, offsets of further tables.
_TAGS: Final = (
    0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0100, 0x0101, 0x0111, 0x0117, 0x0132, 0x8769, 0x8825,
    0xA005, 0x0201, 0x0202, 0x927C, 0x9286,
)  # fmt: skip


def _odd_entry(rng: random.Random, order: str) -> bytes:
    """Return twelve bytes: a tag with a type, a count and a value that need not fit together."""
    tag = rng.choice((*_TAGS, rng.randrange(2**16)))
    if tag == 0x0112:
        tag += 1
    kind = rng.choice((*range(1, 14), 0, 129, 65535))
    count = rng.choice((0, 1, 1, 1, 2, 4, 5, 100, 2**31))
    value = rng.choice((rng.randbytes(4), struct.pack(f"{order}I", rng.randint(0, 200))))
    return struct.pack(f"{order}HHI", tag, kind, count) + value


def jpeg_with(*segments: tuple[int, bytes]) -> bytes:
    """Return a JPEG with these segments (marker, content) before all others."""
    plain = pictures.encoded(pictures.scene(WIDTH, HEIGHT), "JPEG", quality=92)
    added = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content
        for marker, content in segments
    )
    return plain[:2] + added + plain[2:]


def png_with(*chunks: tuple[bytes, bytes], checksum: bool = True) -> bytes:
    """Return a PNG with these chunks (name, content) before its pixels."""
    plain = pictures.encoded(pictures.scene(WIDTH, HEIGHT), "PNG")
    start = plain.index(b"IDAT") - 4
    wrong = 0 if checksum else 1
    added = b"".join(
        struct.pack(">I", len(content)) + name + content
        + struct.pack(">I", zlib.crc32(name + content) ^ wrong)
        for name, content in chunks
    )  # fmt: skip
    return plain[:start] + added + plain[start:]


def _rgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _mutated(rng: random.Random, content: bytes) -> bytes:
    """Return the content with bytes changed, cut off, or added; what it says of itself is wrong."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    if rng.random() < 0.3:
        del changed[rng.randrange(len(changed) + 1) :]
    if rng.random() < 0.2:
        changed += rng.randbytes(rng.randint(1, 50))
    return bytes(changed)


def png(seed: int) -> bytes:
    """Return a PNG whose metadata is damaged."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    exif, _ = exif_block(seed)
    raw = b"Raw profile type exif\0\nexif\n%8d\n%s\n" % (len(exif), exif.hex().encode())
    known = (
        (b"eXIf", exif[6:]),
        (b"iCCP", b"profile\0\0" + zlib.compress(_rgb_profile())),
        (b"tEXt", raw),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw[22:])),
        (b"tEXt", b"Comment\0a text"),
        (b"zTXt", b"Comment\0\0" + zlib.compress(b"a text")),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        (b"iTXt", b"Comment\0\1\0en\0\0" + zlib.compress(b"a text")),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        (b"gAMA", struct.pack(">I", 45455)),
        (b"cHRM", struct.pack(">8I", *range(8))),
        (b"sRGB", b"\0"),
        (b"tRNS", b"\0\1\0\2\0\3"),
        (b"tIME", bytes(7)),
        (b"bKGD", bytes(6)),
        (b"sBIT", bytes(3)),
        (b"acTL", struct.pack(">II", 3, 0)),
        (b"fcTL", struct.pack(">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 1, 0, 0)),
    )
    chunks = [(name, _mutated(rng, content)) for name, content in rng.choices(known, k=3)]
    return png_with(*chunks, checksum=rng.random() < 0.8)


def jpeg(seed: int) -> bytes:
    """Return a JPEG whose metadata is damaged."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    exif, _ = exif_block(seed)
    known = (
        (0xE0, b"JFIF\0\1\1\1\0\x48\0\x48\0\0"),
        (0xE1, exif),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        (0xE2, b"ICC_PROFILE\0\1\1" + _rgb_profile()),
        (0xE2, b"MPF\0" + exif[6:]),
        (0xE2, b"FPXR\0" + bytes(20)),
        (0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\0\0\0\x10" + bytes(16)),
        (0xEB, rng.randbytes(60)),
        (0xFE, b"a comment"),
    )
    return jpeg_with(*((m, _mutated(rng, content)) for m, content in rng.choices(known, k=3)))


def webp(seed: int) -> bytes:
    """Return a WebP whose metadata is damaged."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    plain = pictures.encoded(pictures.scene(WIDTH, HEIGHT), "WEBP", quality=92)
    exif, _ = exif_block(seed)
    size = struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3]
    profile = _mutated(rng, _rgb_profile())
    notes = [(b"EXIF", _mutated(rng, exif)), (b"XMP ", _mutated(rng, XMP))]
    chunks = [(b"VP8X", bytes([0x2C, 0, 0, 0]) + size), (b"ICCP", profile)]
    body = b"WEBP" + _riff(*chunks) + plain[12:] + _riff(*rng.choices(notes, k=2))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in chunks
    )


@cache
def _boxes(image_format: str) -> tuple[bytes, list[tuple[int, int]]]:
    """Return a HEIC or AVIF file, and where its EXIF and its XMP lie: start and length."""
    tags = Image.Exif()
    tags[0x010F] = "a text that stands nowhere else " * 4
    exif = tags.tobytes()
    data = pictures.encoded(
        pictures.scene(WIDTH, HEIGHT), image_format, exif=exif, xmp=XMP, quality=90
    )
    return data, [(data.index(part), len(part)) for part in (exif[6:], XMP)]


def boxes(image_format: str, seed: int) -> bytes:
    """Return a HEIC or AVIF file whose EXIF and XMP are damaged; their places stay."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    whole, places = _boxes(image_format)
    data = bytearray(whole)
    for start, length in places:
        for _ in range(rng.randint(1, 8)):
            data[start + rng.randrange(length)] = rng.randrange(256)
    if rng.random() < 0.5:
        odd, _ = exif_block(seed)
        start, length = places[0]
        data[start : start + length] = odd[6:].ljust(length, b"\0")[:length]
    return bytes(data)


DAMAGED: Final[dict[str, Callable[[int], bytes]]] = {
    "PNG": png,
    "JPEG": jpeg,
    "WEBP": webp,
    "HEIF": partial(boxes, "HEIF"),
    "AVIF": partial(boxes, "AVIF"),
}
