"""What a photo's file says besides its pixels: two facts are kept, all the rest is dropped unread.

Text, thumbnails, positions and device data are of no use here, and a fault in any of them must not
cost the photo. So they are taken out of the file's bytes before a decoder sees them; only the
orientation and the colour profile are read, by code that takes any bytes.
"""

from classifier.photos.metadata import bmff, jpeg, png, webp
from classifier.photos.metadata.facts import Stripped

__all__ = ["Stripped", "is_photo", "strip"]


def strip(data: bytes) -> Stripped:
    """Return a photo's file without its metadata, and what of it matters to the pixels.

    Never raises: what is of no known structure comes back as it is, for the decoder to judge.
    """
    if data.startswith(png.SIGNATURE):
        return png.strip(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return webp.strip(data)
    if data[4:8] == b"ftyp":
        return bmff.strip(data)
    if (start := jpeg.start_of(data)) is not None:
        return jpeg.strip(data[start:])
    return Stripped(data)


def is_photo(head: bytes) -> bool:
    """Return whether a file that begins so is of a format that is taken, whatever its name."""
    return (
        head.startswith((png.SIGNATURE, b"GIF87a", b"GIF89a"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in bmff.BRANDS)
        or jpeg.start_of(head) is not None
    )
