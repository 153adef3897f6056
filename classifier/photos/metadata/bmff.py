"""HEIC and AVIF: boxes and items (ISO/IEC 14496-12 and 23008-12).

Items lie at offsets that the file names, so none can be cut out: metadata items are renamed to a
type that no decoder reads. Rotation is a property of the picture there, which decoders apply;
EXIF's is to be ignored (ISO/IEC 23008-12, annex A).
"""

import re
from collections.abc import Iterator
from typing import Final

from classifier.photos.metadata.facts import Stripped

# What HEIC and AVIF files are, by their first box; others are videos, among them those of phones.
BRANDS: Final = (
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
)
# An entry of the list of items: its box's name, version and flags, number, protection, type.
_METADATA_ITEM: Final = re.compile(rb"(infe(?:\x02.{7}|\x03.{9}))(?:Exif|mime)", re.DOTALL)


def strip(data: bytes) -> Stripped:
    """Return the file with its metadata items renamed; its length stays."""
    # Only in the box that lists the items: among the pixels the same bytes mean something else.
    kept = [
        _METADATA_ITEM.sub(rb"\1skip", box) if name == b"meta" else box
        for name, box in _boxes(data)
    ]
    return Stripped(b"".join(kept))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and whole of each box of the file; what is left over counts as one."""
    offset = 0
    while offset < len(data):
        size, name = int.from_bytes(data[offset : offset + 4], "big"), data[offset + 4 : offset + 8]
        if size == 1:
            size = int.from_bytes(data[offset + 8 : offset + 16], "big")
        if size < 8:  # 0: to the end of the file; else broken
            size = len(data) - offset
        yield name, data[offset : offset + size]
        offset += size
