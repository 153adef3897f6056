"""WebP: RIFF chunks, each a name, a length and content padded to two bytes (RFC 9649)."""

from collections.abc import Iterator
from typing import Final

from classifier.photos.metadata.facts import Stripped, orientation

_PIXELS: Final = (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")
_METADATA_FLAGS: Final = 0x20 | 0x08 | 0x04  # VP8X announces profile, EXIF and XMP


def strip(data: bytes) -> Stripped:
    """Return the file with its pictures alone."""
    kept, notes = list[bytes](), dict[bytes, bytes]()
    for name, content in _chunks(data):
        if name == b"VP8X" and content:
            content = bytes([content[0] & ~_METADATA_FLAGS]) + content[1:]  # noqa: PLW2901  # the chunk as kept
        if name in _PIXELS:
            kept.append(_chunk(name, content))
        else:
            notes.setdefault(name, content)
    body = b"WEBP" + b"".join(kept)
    bare = b"RIFF" + len(body).to_bytes(4, "little") + body
    profile = notes.get(b"ICCP")
    return Stripped(bare, orientation(notes.get(b"EXIF"), notes.get(b"XMP ")), profile)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of each chunk; the last may be cut short."""
    offset = 12
    while offset + 8 <= len(data):
        length = int.from_bytes(data[offset + 4 : offset + 8], "little")
        yield data[offset : offset + 4], data[offset + 8 : offset + 8 + length]
        offset += 8 + length + length % 2
