"""The two facts that are read from metadata: the orientation, and the colour profile."""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Final

UPRIGHT: Final = 1
LARGEST_PROFILE: Final = 4 * 2**20  # bytes; those of printers have two million
_ORIENTATION: Final = 0x0112
_INTEGERS: Final = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i"}  # by TIFF's number of the type
_XMP_ORIENTATION: Final = re.compile(rb"""tiff:Orientation\s*(?:=\s*["']|>)\s*([1-8])\b""")


@dataclass(frozen=True, slots=True)
class Stripped:
    """A photo's file without metadata.

    Attributes:
        data: the file's bytes, with what a decoder needs for the pixels.
        orientation: EXIF's, 1 to 8; None where the format keeps it elsewhere.
        icc_profile: bytes of the colour profile, unchecked; None where the decoder tells it.
    """

    data: bytes
    orientation: int | None = None
    icc_profile: bytes | None = None


def exif_orientation(exif: bytes | None) -> int | None:
    """Return the orientation that an EXIF block names, 1 to 8; None where it names none.

    An EXIF block is a TIFF file without a picture: byte order, offset of the first directory, and
    there entries of 12 bytes: tag, type, count, value (TIFF 6.0, section 2; EXIF 2.32, 4.6.4).
    """
    if not exif:
        return None
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return None
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return None
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    last = min(start + 2 + 12 * count, len(tiff) - 11)
    for entry in range(start + 2, last, 12):
        tag, kind, values = struct.unpack_from(f"{order}HHI", tiff, entry)
        if tag == _ORIENTATION:
            if kind not in _INTEGERS or values != 1:
                return None
            (value,) = struct.unpack_from(f"{order}{_INTEGERS[kind]}", tiff, entry + 8)
            return value if 1 <= value <= 8 else None
    return None


def xmp_orientation(xmp: bytes | None) -> int | None:
    """Return the orientation that an XMP packet names, 1 to 8; None where it names none."""
    match = _XMP_ORIENTATION.search(xmp) if xmp else None
    return int(match[1]) if match else None


def orientation(exif: bytes | None, xmp: bytes | None) -> int:
    """Return the orientation, EXIF's before XMP's; upright where neither names one."""
    return exif_orientation(exif) or xmp_orientation(xmp) or UPRIGHT


def decompressed(data: bytes) -> bytes | None:
    """Return what zlib packed; None if it is damaged or longer than a profile ever is."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(data, LARGEST_PROFILE)
    except zlib.error:
        return None
    return content if unpacker.eof else None
