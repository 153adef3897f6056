"""However many pixels a few bytes stand for, memory and time stay bounded."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import Settings

from classifier.photos.cleaning import Limits, PhotoRefusedError, clean_photo
from classifier.photos.decoding_cost import MOST_PIXELS, MOST_PIXELS_CMYK, DecodingMemory
from classifier.photos.receiving.intake import receive_listing
from tests import pictures
from tests.repository import REPOSITORY

LIMITS = Limits(max_bytes=20 * 2**20, max_pixels=60_000_000)
# Cleans what it reads, and prints by how much the process grew at its largest, in MB. Not from
# getrusage: there a fresh process begins with the size of the one that started it.
MEASURE = """
import re, sys
from pathlib import Path
from classifier.photos.cleaning import Limits, PhotoRefusedError, clean_photo

def largest():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

data = sys.stdin.buffer.read()
before = largest()
try:
    clean_photo(data, Limits(20 * 2**20, 60_000_000))
except PhotoRefusedError:
    pass
print((largest() - before) // 1024)
"""


def picture(image_format: str, pixels: int, mode: str) -> bytes:
    """Return a square photo of one colour with at most so many pixels."""
    side = int(pixels**0.5)
    options: dict[str, dict[str, Any]] = {
        "WEBP": {"lossless": True, "method": 0, "quality": 0},
        "AVIF": {"speed": 10},
        "JPEG": {"progressive": True},
    }
    quick = options.get(image_format, {})
    return pictures.encoded(Image.new(mode, (side, side)), image_format, **quick)


def grown_by(data: bytes) -> int:
    """Return how many MB a fresh process grows by when it cleans this file."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=data, capture_output=True, check=True,
        cwd=REPOSITORY,
    )  # fmt: skip
    return int(done.stdout)


@pytest.mark.parametrize(
    ("image_format", "mode"),
    [("WEBP", "RGBA"), ("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "I;16"), ("GIF", "P"),
     ("AVIF", "RGB"), ("HEIF", "RGB"), ("JPEG", "RGB"), ("JPEG", "CMYK")],
)  # fmt: skip
def test_the_largest_photo_of_each_format_needs_under_400_mb(image_format: str, mode: str) -> None:
    """A file just within its format's limit, in the mode that needs most."""
    most = MOST_PIXELS_CMYK if mode == "CMYK" else LIMITS.max_pixels
    most = MOST_PIXELS.get(image_format, most)
    assert grown_by(picture(image_format, most, mode)) < 400


def test_46_bytes_do_not_take_more_than_a_gigabyte() -> None:
    """A lossless WebP of 59 million equal pixels is refused by name before it is decoded."""
    bomb = picture("WEBP", 7700 * 7700, "RGBA")
    assert len(bomb) < 50
    assert grown_by(bomb) < 50
    with pytest.raises(PhotoRefusedError, match=r"more than 17 million pixels.* or an RGB JPEG"):
        clean_photo(bomb, LIMITS)


@pytest.mark.parametrize(("side", "scans"), [(2000, 1000), (7600, 100)])
def test_a_jpeg_of_endless_scans_is_refused_before_it_is_decoded(side: int, scans: int) -> None:
    """Each scan is decoded anew: some KB took seconds. What programs make is taken."""
    photo = pictures.encoded(Image.new("RGB", (side, side)), "JPEG", progressive=True)
    scan = photo[photo.rindex(b"\xff\xda") : -2]
    began = time.process_time()
    with pytest.raises(PhotoRefusedError, match="more passes than programs make"):
        clean_photo(photo[:-2] + scan * scans + photo[-2:], LIMITS)
    assert time.process_time() - began < 0.5
    assert clean_photo(photo, LIMITS).jpeg


def test_what_a_phone_appends_to_a_photo_is_no_scan() -> None:
    """A moving photo's video has the marker of a scan by chance, hundreds of times."""
    photo = pictures.encoded(Image.new("RGB", (4000, 3000)), "JPEG")
    assert clean_photo(photo + b"\xff\xda by chance " * 1000, LIMITS).jpeg


def test_photos_of_an_upload_share_their_pixels(seller: User, settings: Settings) -> None:
    """What goes beyond the sum is refused by name; the photos before it are kept."""
    settings.LISTING_MAX_PIXELS = 250_000
    png = pictures.encoded(pictures.scene(400, 300), "PNG")
    uploads = [SimpleUploadedFile(f"{n}.png", png) for n in range(3)]
    received = receive_listing(seller=seller, title="", uploads=uploads)
    assert received.listing.photos.count() == 2
    (refusal,) = received.refused
    assert refusal.reason.startswith("2.png: The photos sent before it have as many pixels")


def test_photos_wait_until_there_is_memory_for_them() -> None:
    """Of eight threads with room for two, two decode at a time; none is left out."""
    image = Image.open(BytesIO(pictures.encoded(pictures.scene(100, 100), "PNG")))
    memory = DecodingMemory(2 * 100 * 100 * 13)
    lock, at_once = threading.Lock(), [0, 0]

    def decode(_: int) -> None:
        with memory.held(image):
            with lock:
                at_once[0] += 1
                at_once[1] = max(at_once)
            time.sleep(0.02)
            with lock:
                at_once[0] -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(decode, range(8)))
    assert at_once == [0, 2]


def test_one_photo_larger_than_the_memory_is_decoded_alone() -> None:
    """Else it would wait for ever."""
    image = Image.open(BytesIO(pictures.jpeg(200, 200)))
    with DecodingMemory(1).held(image):
        pass
