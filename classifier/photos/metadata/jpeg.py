"""JPEG: segments, each a marker and a length, up to the first scan (ITU-T T.81, annex B)."""

from typing import Final

from classifier.photos.metadata.facts import Stripped, orientation

END: Final = b"\xff\xd9"
# Mail programs and shops put line breaks, marks or headers before a photo; a whole other file there
# means that this is no photo, though it may hold one.
LONGEST_JUNK: Final = 1024
_OTHER_FILES: Final = (b"%PDF", b"II*\0", b"MM\0*", b"RIFF", b"PK", b"8BPS", b"GIF8", b"\x7fELF")
_EXIF, _XMP, _ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
# Segments that say how colours are stored, and how long they are at least.
_COLOURS: Final = {0xE0: (b"JFIF\0", 14), 0xEE: (b"Adobe", 12)}
_ALONE: Final = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_START_OF_SCAN: Final = 0xDA


def start_of(data: bytes) -> int | None:
    """Return where the photo begins, after some junk at most; None if there is no JPEG."""
    if data.startswith(b"\xff\xd8"):
        return 0
    start = data.find(b"\xff\xd8\xff", 0, LONGEST_JUNK)
    return None if start < 0 or data.startswith(_OTHER_FILES) else start


def strip(data: bytes) -> Stripped:
    """Return the file without application data and comments; ``data`` begins with the photo."""
    # Parts of the file, which is copied only once.
    whole = memoryview(data)
    kept, exif, xmp, icc = [whole[:2]], None, None, list[bytes]()
    offset = 2
    while (segment := _next_segment(data, offset)) is not None:
        marker, start, end = segment
        content = data[start + 2 : end]
        if marker == _START_OF_SCAN:
            # The scans follow; there is no metadata among them.
            kept.append(whole[start - 2 :])
            break
        if content.startswith(_EXIF):
            exif = exif or content
        elif content.startswith(_XMP):
            xmp = xmp or content
        elif content.startswith(_ICC):
            icc.append(content[len(_ICC) :])
        elif _needed(marker, content):
            kept.append(whole[start - 2 : end])
        offset = end
    return Stripped(b"".join(kept), orientation(exif, xmp), _profile(icc))


def _next_segment(data: bytes, offset: int) -> tuple[int, int, int] | None:
    """Return the next marker, where its length stands, and its end; None if no more comes."""
    while (offset := data.find(b"\xff", offset)) >= 0 and offset + 4 <= len(data):
        marker = data[offset + 1]
        if marker in (0x00, 0xFF):  # filling
            offset += 1
            continue
        if marker in _ALONE:
            offset += 2
            continue
        start = offset + 2
        end = start + int.from_bytes(data[start : start + 2], "big")
        return marker, start, max(end, start + 2)
    return None


def _needed(marker: int, content: bytes) -> bool:
    if marker in _COLOURS:
        begins, least = _COLOURS[marker]
        return content.startswith(begins) and len(content) >= least
    is_application_data, is_comment = 0xE0 <= marker <= 0xEF, marker == 0xFE
    return not is_application_data and not is_comment


def _profile(pieces: list[bytes]) -> bytes | None:
    """Return the colour profile; each piece begins with its number, and how many there are."""
    pieces = sorted(piece for piece in pieces if len(piece) > 2)
    if not pieces or pieces[0][1] != len(pieces):
        return None
    return b"".join(piece[2:] for piece in pieces)
