"""PNG: chunks, each a length, a name, content and a checksum (W3C PNG, third edition)."""

import zlib
from collections.abc import Iterator
from typing import Final

from classifier.photos.metadata.facts import Stripped, decompressed, orientation

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_END: Final = b"\0\0\0\0IEND\xaeB`\x82"
_PIXELS: Final = (b"IHDR", b"PLTE", b"IDAT")
_XMP: Final = b"XML:com.adobe.xmp"
# Where ImageMagick keeps EXIF: as hexadecimal digits after three lines of its own.
_RAW_PROFILES: Final = (b"Raw profile type exif", b"Raw profile type APP1")


def strip(data: bytes) -> Stripped:
    """Return the file with its picture alone: of an animation, the one that all programs show."""
    kept, notes = [SIGNATURE], _Notes()
    colour_type, palette = None, 0
    for name, content, whole in _chunks(data):
        if name == b"IHDR" and len(content) >= 13:
            colour_type = content[9]
        elif name == b"PLTE":
            palette = len(content) // 3
        if name in _PIXELS:
            kept.append(whole)
        elif name == b"tRNS":
            fits = _fits(len(content), colour_type, palette)
            kept += [whole] if fits and _is_intact(whole) else []
        else:
            notes.read(name, content)
    kept.append(_END)
    return Stripped(b"".join(kept), orientation(notes.exif, notes.xmp), notes.profile)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield name, content and the whole of each chunk, up to the end or the first broken one."""
    offset = len(SIGNATURE)
    while offset + 8 <= len(data):
        length, name = (
            int.from_bytes(data[offset : offset + 4], "big"),
            data[offset + 4 : offset + 8],
        )
        if name == b"IEND":
            return
        end = offset + 12 + length
        yield name, data[offset + 8 : offset + 8 + length], data[offset:end]
        offset = end


def _is_intact(chunk: bytes) -> bool:
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")


def _fits(length: int, colour_type: int | None, palette: int) -> bool:
    """Return whether transparency of ``length`` bytes fits the kind of picture."""
    if colour_type == 3:
        return 1 <= length <= palette
    return length == {0: 2, 2: 6}.get(colour_type if colour_type is not None else -1)


class _Notes:
    """What the other chunks say that matters; the first of a kind counts."""

    def __init__(self) -> None:
        self.exif: bytes | None = None
        self.xmp: bytes | None = None
        self.profile: bytes | None = None

    def read(self, name: bytes, content: bytes) -> None:
        if name == b"eXIf":
            self.exif = self.exif or content
        elif name == b"iCCP":
            _, _, packed = content.partition(b"\0")
            self.profile = self.profile or decompressed(packed[1:])
        elif name in (b"tEXt", b"zTXt", b"iTXt"):
            self._read_text(name, content)

    def _read_text(self, name: bytes, content: bytes) -> None:
        key, _, value = content.partition(b"\0")
        if key in _RAW_PROFILES and name != b"iTXt":
            text = value if name == b"tEXt" else decompressed(value[1:])
            self.exif = self.exif or _from_hex(text or b"")
        elif key == _XMP and name == b"iTXt":
            packed, (_, _, text) = value[:1] == b"\1", _three(value[2:])
            self.xmp = self.xmp or (decompressed(text) if packed else text)


def _three(value: bytes) -> tuple[bytes, bytes, bytes]:
    """Return language, translated key and text of international text."""
    language, _, rest = value.partition(b"\0")
    key, _, text = rest.partition(b"\0")
    return language, key, text


def _from_hex(text: bytes) -> bytes | None:
    lines = text.split(b"\n")[3:]
    try:
        return bytes.fromhex(b"".join(lines).decode("ascii"))
    except ValueError:
        return None
