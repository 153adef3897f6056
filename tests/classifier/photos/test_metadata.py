"""Metadata never costs a photo: it is read for the orientation and the colours, or not at all."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from classifier.ml.preprocessing import decode
from classifier.photos.cleaning import CleanPhoto, Limits, PhotoRefusedError, clean_photo
from classifier.photos.metadata.facts import exif_orientation, xmp_orientation
from tests import odd_metadata, pictures
from tests.odd_metadata import HEIGHT, WIDTH, jpeg_with, png_with

LIMITS = Limits(max_bytes=20 * 2**20, max_pixels=60_000_000)
UPRIGHT = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]  # clockwise from upper left
# Which corner of the stored picture stands at the upper left, right, lower right, left: EXIF 2.32.
CORNERS = {
    1: (0, 1, 2, 3),
    2: (1, 0, 3, 2),
    3: (2, 3, 0, 1),
    4: (3, 2, 1, 0),
    5: (0, 3, 2, 1),
    6: (3, 0, 1, 2),
    7: (2, 1, 0, 3),
    8: (1, 2, 3, 0),
}


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    right, bottom = image.width - 4, image.height - 4
    places = ((3, 3), (right, 3), (right, bottom), (3, bottom))
    return [pictures.colour_at(image, position) for position in places]


def assert_shows_the_scene(image: Image.Image, orientation: int = 1) -> None:
    """The picture of `pictures.scene` is there, turned as the orientation says."""
    size = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
    assert image.size == size
    expected = [UPRIGHT[corner] for corner in CORNERS[orientation]]
    assert np.abs(np.subtract(corners(image), expected)).max() < 90, (orientation, corners(image))


def picture(photo: CleanPhoto) -> Image.Image:
    return Image.open(BytesIO(photo.jpeg))


def test_four_thousand_exif_blocks_turn_the_photo_and_do_nothing_else() -> None:
    """Whatever the other tags hold, orientations 2 to 8 are applied, in upload and training."""
    for seed in range(4000):
        exif, orientation = odd_metadata.exif_block(seed)
        data = jpeg_with((0xE1, exif))
        cleaned = picture(clean_photo(data, LIMITS))
        assert_shows_the_scene(cleaned, orientation)
        if seed % 8 == 0:
            assert_shows_the_scene(decode(data, at_least=HEIGHT), orientation)


@pytest.mark.parametrize("image_format", odd_metadata.DAMAGED)
def test_two_thousand_damaged_chunks_refuse_no_photo(image_format: str) -> None:
    """Four hundred files of each format with mutated metadata all give their pixels."""
    for seed in range(400):
        data = odd_metadata.DAMAGED[image_format](seed)
        size = picture(clean_photo(data, LIMITS)).size
        assert sorted(size) == [HEIGHT, WIDTH], seed
        assert decode(data, at_least=HEIGHT).size == size


def big(kind: bytes) -> tuple[bytes, bytes]:
    """Return a chunk with two million bytes of content, packed."""
    content = zlib.compress(b"profile " * 2**18)
    head = {b"iTXt": b"Comment\0\1\0\0\0", b"zTXt": b"Comment\0\0", b"iCCP": b"name\0\0"}[kind]
    return kind, head + content


XMP = b"XML:com.adobe.xmp\0\0\0\0\0"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png_with(big(b"iTXt")), id="text of 2 MB"),
        pytest.param(png_with(big(b"zTXt")), id="packed text of 2 MB"),
        pytest.param(png_with(big(b"iCCP")), id="profile of 2 MB"),
        pytest.param(png_with((b"iTXt", XMP + b" " * 2**21)), id="XMP of 2 MB"),
        pytest.param(png_with(*[(b"tEXt", b"k\0" + b"x" * 2**20)] * 80), id="text of 80 MB"),
        pytest.param(png_with((b"eXIf", b"XXXX\x08\0\0\0")), id="EXIF header"),
        pytest.param(png_with((b"eXIf", b"")), id="empty EXIF"),
        pytest.param(
            png_with((b"tEXt", b"Raw profile type exif\0\nexif\n 12\nnot hex at all\n")),
            id="raw profile that is no hex",
        ),
        pytest.param(png_with((b"zTXt", b"Comment\0\x07abc")), id="unknown compression"),
        pytest.param(png_with((b"iCCP", b"name\0\x07abc")), id="unknown profile compression"),
        pytest.param(png_with((b"iCCP", b"name")), id="profile without content"),
        *(
            pytest.param(png_with((name, content)), id=f"short {name.decode()}")
            for name in (b"pHYs", b"gAMA", b"cHRM", b"sRGB", b"tRNS", b"acTL", b"fcTL")
            for content in (b"",)
        ),
        pytest.param(png_with((b"tRNS", b"\0\0\0")), id="tRNS of 3"),
        pytest.param(png_with((b"pHYs", bytes(9)), checksum=False), id="checksum of metadata"),
        pytest.param(jpeg_with((0xEE, b"Adobe")), id="short Adobe"),
        pytest.param(jpeg_with((0xE0, b"JFIF\0")), id="short JFIF"),
        pytest.param(jpeg_with((0xE2, b"ICC_PROFILE\0")), id="short ICC"),
        pytest.param(jpeg_with((0xE1, b"Exif\0\0")), id="short EXIF"),
    ],
)
def test_a_good_picture_is_never_refused_for_its_metadata(data: bytes) -> None:
    """Too long, too short or meaningless: the pixels are taken, and the rest is dropped."""
    if len(data) < LIMITS.max_bytes:
        assert_shows_the_scene(picture(clean_photo(data, LIMITS)))
    assert_shows_the_scene(decode(data, at_least=HEIGHT))


@pytest.mark.parametrize("junk", [b"\r\n", b"\xef\xbb\xbf", b"\0" * 500, b"--boundary\r\n\r\n"])
def test_junk_before_a_photo_is_skipped(junk: bytes) -> None:
    """A JPEG after line breaks or a header is found, as is one with junk inside its header."""
    plain = jpeg_with()
    assert_shows_the_scene(picture(clean_photo(junk + plain, LIMITS)))
    assert_shows_the_scene(picture(clean_photo(plain[:2] + junk + plain[2:], LIMITS)))


@pytest.mark.parametrize("start", [b"%PDF-1.7 ", b"PK\3\4", b"II*\0", b"MM\0*"])
def test_another_file_that_holds_a_photo_is_none(start: bytes) -> None:
    """A document or an archive is refused, though a JPEG begins near its start."""
    with pytest.raises(PhotoRefusedError, match="not a photo that we can read"):
        clean_photo(start + bytes(200) + jpeg_with(), LIMITS)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_its_last_bytes_is_shown_as_far_as_it_goes(progressive: bool) -> None:
    """A few bytes less are a few grey rows at most; half a photo was not sent completely."""
    whole = pictures.encoded(pictures.scene(640, 480), "JPEG", quality=92, progressive=progressive)
    for missing in (1, 2, 3, 10, 40):
        photo = clean_photo(whole[:-missing], LIMITS)
        assert (photo.width, photo.height) == (640, 480)
        assert picture(photo).getpixel((10, 440)) == pytest.approx((255, 255, 255), abs=30)
        assert decode(whole[:-missing], at_least=480).size == (640, 480)
    start = whole.index(b"\xff\xda")
    with pytest.raises(PhotoRefusedError, match="not sent completely"):
        clean_photo(whole[: start + (len(whole) - start) // 10], LIMITS)


def test_a_photo_of_a_grey_thing_may_lack_its_end_mark() -> None:
    """Grey pixels that were sent are no missing pixels."""
    grey = pictures.encoded(Image.new("RGB", (320, 240), (90, 90, 90)), "JPEG")
    assert clean_photo(grey[:-2], LIMITS).height == 240


def tiff(entry: bytes, *, order: str = "<", count: int = 1, start: int = 8) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IH", start, count) + entry


@pytest.mark.parametrize(
    ("exif", "orientation"),
    [
        (tiff(struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)), 6),
        (tiff(struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0), order=">"), 6),
        (tiff(struct.pack("<HHII", 0x0112, 4, 1, 8)), 8),
        (tiff(struct.pack("<HHIBxxx", 0x0112, 1, 1, 3)), 3),
        (tiff(struct.pack("<HHIHH", 0x0112, 3, 1, 9, 0)), None),
        (tiff(struct.pack("<HHIHH", 0x0112, 3, 1, 0, 0)), None),
        (tiff(struct.pack("<HHI4s", 0x0112, 2, 1, b"6\0\0\0")), None),
        (tiff(struct.pack("<HHIf", 0x0112, 11, 1, 6.0)), None),
        (tiff(struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0), count=65535), 6),
        (tiff(struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0), start=2**32 - 1), None),
        (tiff(b""), None),
        (b"II*\0", None),
        (b"XXXX", None),
        (b"", None),
        (None, None),
    ],
)
def test_the_orientation_is_an_integer_from_one_to_eight(
    exif: bytes | None, orientation: int | None
) -> None:
    """Anything else, and anything that cannot be read, is no orientation."""
    assert exif_orientation(exif) == orientation


@pytest.mark.parametrize(
    ("xmp", "orientation"),
    [
        (b'<a tiff:Orientation="6"/>', 6),
        (b"<tiff:Orientation>8</tiff:Orientation>", 8),
        (b'<a tiff:Orientation="9"/>', None),
        (b'<a tiff:Orientation="60"/>', None),
        (b"\xff\xfe", None),
        (None, None),
    ],
)
def test_xmp_may_tell_the_orientation(xmp: bytes | None, orientation: int | None) -> None:
    """Some programs write it there alone, as an attribute or an element."""
    assert xmp_orientation(xmp) == orientation


@pytest.mark.parametrize("image_format", ["HEIF", "AVIF"])
def test_a_rotated_heic_or_avif_is_turned_once(image_format: str) -> None:
    """The rotation of the container is applied, and not again for the EXIF beside it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    image = pictures.scene(WIDTH, HEIGHT)
    image.info["exif"] = exif.tobytes()  # where the one encoder looks for it; the other is told
    options = {"exif": exif} if image_format == "AVIF" else {}
    data = pictures.encoded(image, image_format, quality=95, **options)
    assert b"irot" in data
    assert_shows_the_scene(picture(clean_photo(data, LIMITS)), orientation=6)
    assert_shows_the_scene(decode(data, at_least=HEIGHT), orientation=6)


def test_a_photo_that_would_be_a_line_is_refused() -> None:
    """Of 33 x 60,000 pixels nothing could be seen at the stored size."""
    with pytest.raises(PhotoRefusedError, match=r"33 x 60000 pixels.*at most 63 times"):
        clean_photo(pictures.png_bomb(33, 60_000), LIMITS)
