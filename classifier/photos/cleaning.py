"""Whatever a seller's phone sends becomes one plain kind of photo, or a sentence that says why not.

A clean photo is an upright sRGB JPEG without metadata, its long side at most `LONGEST_SIDE`. The
upload and `manage.py classify` both clean first, so both show the model the same pixels.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms

from classifier.photos.decoding import (
    FORMATS_IN_WORDS,
    MOST_ELONGATED,
    DecodingError,
    TooElongatedError,
    TooManyPixelsError,
    UnknownFormatError,
    decode,
    decoding_errors,
)
from classifier.photos.decoding_cost import (
    MOST_SCANNED_PIXELS,
    DecodingMemory,
    PixelAllowance,
    most_pixels,
    scanned_pixels,
)

# Half of what most phones take (4032 pixels), so that their photos are decoded at half their size.
LONGEST_SIDE: Final = 2016
# A long side of this many pixels is enough; more are kept only where that costs nothing.
ENOUGH: Final = 1600
# The longest photo that is taken has as much left when it is made smaller.
SHORTEST_SIDE: Final = LONGEST_SIDE // MOST_ELONGATED
# With the standard's own Huffman tables: those made for each photo (Pillow's `optimize`) would give
# files of the same size at 90, for twice the time of encoding.
JPEG_QUALITY: Final = 89
# A third of the longest side, so that most thumbnails are averages of whole blocks of pixels.
THUMBNAIL_SIDE: Final = 672
THUMBNAIL_QUALITY: Final = 80
# What all threads of a process decode into at once: eight photos of a phone, or one huge one.
_memory: Final = DecodingMemory(640 * 2**20)
_SRGB: Final = ImageCms.createProfile("sRGB")


class PhotoRefusedError(Exception):
    """The file is no photo that we take; the message is for the seller.

    Attributes:
        sentence: the message with names for its values, as catalogs of translations have it.
        values: what the names stand for.
    """

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.sentence, self.values = sentence, values


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation where there is no Django; return it as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file, in bytes, and the largest picture, in pixels, that are accepted."""

    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A JPEG ready to be stored; width and height in pixels.

    Attributes:
        thumbnail: a JPEG of at most `THUMBNAIL_SIDE` pixels; empty where none was asked for.
    """

    jpeg: bytes
    width: int
    height: int
    thumbnail: bytes = b""


def clean_photo(
    data: bytes,
    limits: Limits,
    allowance: PixelAllowance | None = None,
    *,
    with_thumbnail: bool = False,
) -> CleanPhoto:
    """Return the photo as a clean JPEG; of an animation, its first frame.

    Args:
        data: the file's bytes.
        limits: of each photo.
        allowance: of all photos of an upload together; none where files lie on this machine.
        with_thumbnail: make the thumbnail too, while the pixels are there.

    Raises:
        PhotoRefusedError: if the file is empty, too large, of another format or damaged.
    """
    if not data:
        raise PhotoRefusedError(
            gettext_noop("The file is empty. Please send a photo as %(formats)s."),
            formats=FORMATS_IN_WORDS,
        )
    check_size(len(data), limits)

    def check(image: Image.Image) -> None:
        _check_pixels(image, limits)
        if scanned_pixels(image, data) > MOST_SCANNED_PIXELS:
            raise PhotoRefusedError(
                gettext_noop(
                    "This JPEG is stored in more passes than programs make. Please save it again."
                )
            )
        if allowance and not allowance.spend(image):
            raise PhotoRefusedError(
                gettext_noop(
                    "The photos sent before it have as many pixels as one listing may. "
                    "Please send a smaller one, or fewer at once."
                )
            )
        held.enter_context(_memory.held(image))

    try:
        with ExitStack() as held:
            decoded = decode(data, at_least=ENOUGH, side="long", check=check)
            with decoding_errors(data):
                picture = _flat_rgb(decoded.image, decoded.icc_profile)
                return _as_jpegs(picture, with_thumbnail=with_thumbnail)
    except TooElongatedError as error:
        raise PhotoRefusedError(
            gettext_noop(
                "The photo has %(width)s x %(height)s pixels. Its long side can be at most "
                "%(most)s times its short side; please cut it."
            ),
            width=error.width, height=error.height, most=MOST_ELONGATED,
        ) from error  # fmt: skip
    except TooManyPixelsError as error:
        raise _too_many_pixels(limits) from error
    except UnknownFormatError as error:
        raise PhotoRefusedError(
            gettext_noop("This file is not a photo that we can read. Please send %(formats)s."),
            formats=FORMATS_IN_WORDS,
        ) from error
    except DecodingError as error:
        raise PhotoRefusedError(
            gettext_noop("This photo is damaged or was not sent completely. Please send it again.")
        ) from error


def check_size(size: int, limits: Limits) -> None:
    """Refuse a file of ``size`` bytes if that is over the limit, before it is read.

    Raises:
        PhotoRefusedError: if it is.
    """
    if size > limits.max_bytes:
        has, most = in_megabytes(size), in_megabytes(limits.max_bytes)
        if has == most:  # rounded; the truth is in the bytes
            has, most = f"{size:,} bytes", f"{limits.max_bytes:,} bytes"
        raise PhotoRefusedError(
            gettext_noop(
                "The file has %(has)s; at most %(most)s are accepted. Please send a smaller photo."
            ),
            has=has,
            most=most,
        )


def in_megabytes(size: int) -> str:
    """Return ``size``, in bytes, as people read it: 20 MB, 1.5 MB."""
    return f"{size / 2**20:.1f}".removesuffix(".0") + " MB"


def _check_pixels(image: Image.Image, limits: Limits) -> None:
    size, of_format = image.size, most_pixels(image)
    longer, shorter = max(size), min(size)
    if longer * shorter > limits.max_pixels:
        raise _too_many_pixels(limits)
    if of_format and longer * shorter > of_format:
        raise PhotoRefusedError(
            gettext_noop(
                "The photo has more than %(millions)s million pixels, the most that are taken as "
                "%(format)s (%(mode)s). Please send a smaller one, or an RGB JPEG."
            ),
            millions=f"{of_format / 1e6:.0f}", format=image.format, mode=image.mode,
        )  # fmt: skip
    if shorter < SHORTEST_SIDE:
        raise PhotoRefusedError(
            gettext_noop(
                "The photo is only %(width)s x %(height)s pixels. It needs at least %(least)s on "
                "its short side."
            ),
            width=size[0], height=size[1], least=SHORTEST_SIDE,
        )  # fmt: skip


def _too_many_pixels(limits: Limits) -> PhotoRefusedError:
    return PhotoRefusedError(
        gettext_noop(
            "The photo has more than %(millions)s million pixels. Please send a smaller one."
        ),
        millions=f"{limits.max_pixels / 1e6:.0f}",
    )


def _flat_rgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return 8-bit sRGB of roughly the final size, without transparency, which becomes white.

    Pixels are taken together as early as can be: what follows then costs a fraction.
    """
    if image.mode.startswith("I;16") or image.mode == "I":
        # 16-bit greyscale; Pillow's own conversion would clip instead of scaling.
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    elif image.has_transparency_data:
        # Pillow would copy what is RGBA already.
        image = _reduced(image if image.mode == "RGBA" else image.convert("RGBA"))
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
    elif image.mode not in ("RGB", "CMYK", "L"):
        image = image.convert("RGB")
    return _to_srgb(_reduced(image), profile)


def _reduced(image: Image.Image) -> Image.Image:
    """Average blocks of pixels where a whole fraction is neither too long nor too small."""
    length = max(image.size)
    factor = -(-length // LONGEST_SIDE)
    return image.reduce(factor) if factor > 1 and length >= factor * ENOUGH else image


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            # A broken or foreign profile only shifts colours a little; the photo itself is fine.
            return image.convert("RGB")
        if converted is not None:
            return converted
    # Pillow would copy what is RGB already.
    return image if image.mode == "RGB" else image.convert("RGB")


def _as_jpegs(picture: Image.Image, *, with_thumbnail: bool) -> CleanPhoto:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = thumbnail_of(picture) if with_thumbnail else b""
    return CleanPhoto(_encoded(picture, JPEG_QUALITY), picture.width, picture.height, small)


def thumbnail_of(picture: Image.Image) -> bytes:
    """Return a JPEG of an upright sRGB picture, its long side at most `THUMBNAIL_SIDE`."""
    # Averaging whole blocks first leaves little to resample, for a third of the time.
    factor = max(picture.size) // THUMBNAIL_SIDE
    small = picture.reduce(factor) if factor > 1 else picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _encoded(small, THUMBNAIL_QUALITY)


def _encoded(picture: Image.Image, quality: int) -> bytes:
    """Return a JPEG of the pixels alone."""
    # What Pillow read beside the pixels it would write again, a comment for one.
    picture.info = {}
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
