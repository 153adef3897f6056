"""Whatever a seller's device sends: a clean photo, or a sentence that says why not."""

import hashlib
import struct
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFile

from classifier.photos.cleaning import (
    LONGEST_SIDE,
    CleanPhoto,
    Limits,
    PhotoRefusedError,
    check_size,
    clean_photo,
)
from tests import pictures

LIMITS = Limits(max_bytes=20 * 2**20, max_pixels=60_000_000)
# Corners of `pictures.scene`, clockwise from the upper left.
CORNERS = ("red", "lime", "blue", "white")


def opened(photo: CleanPhoto) -> Image.Image:
    image = Image.open(BytesIO(photo.jpeg))
    image.load()
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (photo.width, photo.height))
    return image


def corner_colours(image: Image.Image) -> list[tuple[int, ...]]:
    right, bottom = image.width - 10, image.height - 10
    places = ((10, 10), (right, 10), (right, bottom), (10, bottom))
    return [pictures.colour_at(image, position) for position in places]


def assert_shows_the_scene(photo: CleanPhoto, tolerance: int = 40) -> None:
    """The four corners have the colours of `pictures.scene`, each in its place."""
    expected = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    difference = np.abs(np.subtract(corner_colours(opened(photo)), expected))
    assert difference.max() <= tolerance, corner_colours(opened(photo))


@pytest.mark.parametrize(
    ("image_format", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 90}),
        ("HEIF", {"quality": 90}),
        ("AVIF", {"quality": 90}),
        ("GIF", {}),
        ("MPO", {"save_all": True, "append_images": [pictures.scene(64, 64)]}),
    ],
)
def test_every_format_that_is_promised_is_taken(image_format: str, options: dict[str, Any]) -> None:
    """JPEG (also as phones nest it), PNG, WebP, HEIC, AVIF and GIF keep size and colours."""
    photo = clean_photo(pictures.encoded(pictures.scene(), image_format, **options), LIMITS)
    assert (photo.width, photo.height) == (320, 240)
    assert_shows_the_scene(photo)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_phone_photo_stands_upright_and_tells_nothing_else(orientation: int) -> None:
    """The EXIF rotation is applied, and no metadata (place, owner, device) stays."""
    photo = clean_photo(pictures.rotated_by_exif(orientation), LIMITS)
    assert_shows_the_scene(photo)
    assert not opened(photo).getexif()
    assert b"SecretPhoneMaker" not in photo.jpeg


def test_of_an_animation_the_first_frame_is_taken() -> None:
    """An animated GIF or WebP shows what it begins with."""
    assert_shows_the_scene(clean_photo(pictures.animated_gif(), LIMITS))
    webp = pictures.encoded(
        pictures.scene(), "WEBP", save_all=True, append_images=[Image.new("RGB", (320, 240))]
    )
    assert_shows_the_scene(clean_photo(webp, LIMITS))


def test_a_cmyk_photo_keeps_its_colours() -> None:
    """A JPEG made for print comes out with red as red and white as white."""
    cmyk = pictures.encoded(pictures.scene(mode="CMYK"), "JPEG", quality=95)
    assert_shows_the_scene(clean_photo(cmyk, LIMITS))


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    """Half of the 16-bit range is middle grey; clipping would make it white."""
    half = np.full((64, 64), 32768, dtype=np.uint16)
    image = opened(clean_photo(pictures.encoded(Image.fromarray(half), "PNG"), LIMITS))
    assert image.getpixel((32, 32)) == pytest.approx((128, 128, 128), abs=2)


def test_sixteen_bit_colour_is_scaled() -> None:
    """A 16-bit RGB PNG keeps its colour."""
    image = opened(clean_photo(pictures.png_16_bit_rgb(1.0, 0.5, 0.0), LIMITS))
    assert image.getpixel((32, 32)) == pytest.approx((255, 128, 0), abs=4)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_becomes_white(mode: str) -> None:
    """A cut-out product stands on white, as shop photos do, in every kind of transparency."""
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste("black", (30, 30, 70, 70))
    data = pictures.encoded(image.convert(mode), "PNG")
    flat = opened(clean_photo(data, LIMITS))
    assert flat.getpixel((5, 5)) == pytest.approx((255, 255, 255), abs=6)
    assert flat.getpixel((50, 50)) == pytest.approx((0, 0, 0), abs=6)


def test_a_palette_with_a_transparent_colour_is_flattened() -> None:
    """A PNG with a palette and one transparent entry loses that colour to white."""
    image = Image.new("P", (64, 64), 0)
    image.putpalette([10, 200, 30, 200, 10, 30])
    image.paste(1, (16, 16, 48, 48))
    flat = opened(clean_photo(pictures.encoded(image, "PNG", transparency=0), LIMITS))
    assert flat.getpixel((4, 4)) == pytest.approx((255, 255, 255), abs=6)
    assert flat.getpixel((32, 32)) == pytest.approx((200, 10, 30), abs=12)


def swapped_profile() -> bytes:
    """Return a colour profile in which red and blue are exchanged: a wide gamut in the extreme."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(tags)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_are_those_of_the_profile(mode: str) -> None:
    """A photo with another colour space is brought to sRGB, also a cut-out or a palette."""
    image = Image.new("RGB", (64, 64), (255, 0, 0)).convert(mode)
    data = pictures.encoded(image, "PNG", icc_profile=swapped_profile())
    red, _, blue = pictures.colour_at(opened(clean_photo(data, LIMITS)), (32, 32))
    assert blue > 200
    assert red < 50


def test_a_broken_profile_does_not_refuse_the_photo() -> None:
    """Nonsense where the profile should be leaves the colours as they are."""
    data = pictures.encoded(pictures.scene(), "PNG", icc_profile=b"nonsense" * 20)
    assert_shows_the_scene(clean_photo(data, LIMITS))


def test_large_photos_become_smaller_in_proportion() -> None:
    """The long side becomes `LONGEST_SIDE` at most, at least `ENOUGH`, and the shape stays."""
    photo = clean_photo(pictures.jpeg(4000, 1000), LIMITS)
    assert (photo.width, photo.height) == (2000, 500)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (4032, 3024, (2016, 1512)),  # a phone's 12 megapixels: half
        (8064, 6048, (2016, 1512)),  # its 48 megapixels: a quarter
        (3264, 2448, (1632, 1224)),  # 8 megapixels: half
        (3000, 2000, (LONGEST_SIDE, 1344)),  # half would be too small
        (2016, 1512, (2016, 1512)),  # as it is
        (1800, 40, (1800, 40)),
    ],
)
@pytest.mark.parametrize("image_format", ["JPEG", "HEIF"])
def test_sizes_that_phones_take_are_halved_not_resampled(
    width: int, height: int, expected: tuple[int, int], image_format: str
) -> None:
    """Each format ends at the same size: the largest whole fraction that is not too long."""
    data = pictures.encoded(Image.new("RGB", (width, height), "teal"), image_format)
    photo = clean_photo(data, LIMITS)
    assert (photo.width, photo.height) == expected


def test_a_transparent_picture_is_made_smaller_before_it_is_flattened() -> None:
    """The edge of what is transparent stays clean: no colour of hidden pixels shines through."""
    picture = Image.new("RGBA", (4032, 1000), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (1001, 0, 4032, 1000))
    photo = clean_photo(pictures.encoded(picture, "PNG"), LIMITS)
    pixels = np.asarray(Image.open(BytesIO(photo.jpeg))).astype(int)
    reddish = pixels[:, :, 0] - np.maximum(pixels[:, :, 1], pixels[:, :, 2])
    assert reddish.max() < 30


HEIC = pictures.encoded(pictures.scene(), "HEIF")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "The file is empty", id="empty"),
        pytest.param(b"Dear shop, ...", "not a photo that we can read", id="text"),
        pytest.param(SVG, "not a photo that we can read", id="svg"),
        pytest.param(b"%PDF-1.7 ...", "Please send JPEG, PNG, WebP, HEIC", id="pdf"),
        pytest.param(pictures.encoded(pictures.scene(), "TIFF"), "not a photo that", id="tiff"),
        pytest.param(pictures.encoded(pictures.scene(), "BMP"), "not a photo that", id="bmp"),
        pytest.param(pictures.jpeg()[:-800], "damaged or was not sent completely", id="cut jpeg"),
        pytest.param(pictures.jpeg()[:300], "damaged or was not sent|not a photo", id="jpeg head"),
        pytest.param(HEIC[:-20], "damaged or was not sent completely", id="cut heic"),
        pytest.param(pictures.png_bomb(20_000, 20_000), "more than 60 million pixels", id="bomb"),
        pytest.param(pictures.png_bomb(10_000, 9_500), "more than 60 million pixels", id="warned"),
        pytest.param(pictures.png_bomb(10_000, 6_100), "more than 60 million pixels", id="limit"),
        pytest.param(b"\xff\xd8" + b"\0" * (40 * 2**20), "40 MB; at most 20 MB", id="40 MB"),
        pytest.param(pictures.jpeg(20, 400), "only 20 x 400 pixels.*at least 32", id="too narrow"),
    ],
)
def test_bad_files_get_a_sentence(data: bytes, message: str) -> None:
    """Each kind of bad file is refused with a sentence that says what to do instead."""
    with pytest.raises(PhotoRefusedError, match=message) as caught:
        clean_photo(data, LIMITS)
    assert str(caught.value).endswith(".")


# Pillow warns of much that is odd in a file; that is no error.
@pytest.mark.filterwarnings("ignore:::PIL")
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "MPO"])
def test_damaged_files_are_taken_or_refused_but_never_crash(image_format: str) -> None:
    """A hundred files with flipped, missing and cut bytes give a photo or a sentence."""
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = swapped_profile()
    options = {} if image_format in ("GIF", "MPO") else {"exif": exif, "icc_profile": profile}
    whole = pictures.encoded(pictures.scene(96, 64), image_format, **options)
    for seed in range(100):
        try:
            clean_photo(pictures.damaged(whole, seed), LIMITS)
        except PhotoRefusedError:
            continue


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (20 * 2**20 + 1, "has 20,971,521 bytes; at most 20,971,520 bytes are"),
        (20 * 2**20 + 400_000, "has 20.4 MB; at most 20 MB are"),
        (31 * 2**20, "has 31 MB; at most 20 MB are"),
    ],
)
def test_a_size_over_the_limit_reads_as_one(size: int, words: str) -> None:
    """Rounding never makes the file look as large as what is allowed."""
    with pytest.raises(PhotoRefusedError, match=words):
        check_size(size, LIMITS)


def test_a_decoder_that_fails_unexpectedly_refuses_the_photo_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it raises becomes a sentence for the seller, and a digest of the file in the log."""

    def broken(self: ImageFile.ImageFile) -> None:
        raise struct.error("required argument is not an integer")

    monkeypatch.setattr(ImageFile.ImageFile, "load", broken)
    data = pictures.jpeg()
    with pytest.raises(PhotoRefusedError, match="damaged or was not sent completely"):
        clean_photo(data, LIMITS)
    assert hashlib.sha256(data).hexdigest() in caplog.text


def test_threads_clean_at_once() -> None:
    """Many uploads of all formats cleaned at the same time come out as they would alone."""
    formats = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")
    files = [pictures.encoded(pictures.scene(), name) for name in formats] * 4
    alone = [clean_photo(data, LIMITS) for data in files[: len(formats)]]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda data: clean_photo(data, LIMITS), files))
    assert together == alone * 4
