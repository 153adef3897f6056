"""Processor time of cleaning one upload, against the straightforward way.

The reference decodes every pixel, turns the photo upright, converts it to sRGB, resizes it with
Lanczos and encodes it: what Pillow's documentation leads to; ours makes a thumbnail besides. Both
get the same drawn files of the sizes that phones send. `python -m benchmarks.intake`.
"""

import sys
import time
from collections.abc import Callable
from io import BytesIO
from statistics import median
from typing import Final

import numpy as np
from PIL import Image, ImageCms, ImageFilter, ImageOps

from classifier.photos.cleaning import JPEG_QUALITY, LONGEST_SIDE, Limits, clean_photo

LIMITS: Final = Limits(max_bytes=80 * 2**20, max_pixels=100_000_000)
RUNS: Final = 5
PHONE: Final = (4032, 3024)
SRGB: Final = ImageCms.createProfile("sRGB")


def main() -> None:
    _row("processor milliseconds a photo", "reference", "ours", "ratio")
    for name, data in uploads().items():
        reference = measure(straightforward, data)
        ours = measure(lambda upload: clean_photo(upload, LIMITS, with_thumbnail=True), data)
        _row(name, f"{reference:.0f}", f"{ours:.0f}", f"{ours / reference:.2f}")


def uploads() -> dict[str, bytes]:
    """Return drawn photos as phones, shops and screenshots send them."""
    profile = ImageCms.ImageCmsProfile(SRGB).tobytes()
    phone = picture_of_size(PHONE)
    return {
        "JPEG, 12 megapixels": encoded(phone, "JPEG", quality=92),
        "JPEG with a profile": encoded(phone, "JPEG", quality=92, icc_profile=profile),
        "JPEG, CMYK": encoded(phone.convert("CMYK"), "JPEG", quality=92),
        "JPEG, 48 megapixels": encoded(picture_of_size((8064, 6048)), "JPEG", quality=90),
        "JPEG, 3000 x 2250": encoded(picture_of_size((3000, 2250)), "JPEG", quality=92),
        "HEIC, 12 megapixels": encoded(phone, "HEIF", quality=60),
        "HEIC with a profile": encoded(phone, "HEIF", quality=60, icc_profile=profile),
        "PNG, 2400 x 1800": encoded(picture_of_size((2400, 1800)), "PNG"),
    }


def picture_of_size(size: tuple[int, int], seed: int = 0) -> Image.Image:
    """Return a picture about as hard to encode as a photo: soft shapes with a sensor's noise."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=np.uint8))
    soft = coarse.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
    noisy = np.asarray(soft) + random.normal(0, 4, (size[1], size[0], 1))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, image_format: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def straightforward(data: bytes) -> bytes:
    """Clean a photo without any short cut."""
    with Image.open(BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened)
        profile = opened.info.get("icc_profile")
    if profile:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        image = ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB") or image
    image = image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return encoded(image, "JPEG", quality=JPEG_QUALITY, optimize=True)


def measure(clean: Callable[[bytes], object], data: bytes) -> float:
    """Return the median processor time in milliseconds; other programs disturb it little."""
    clean(data)
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        clean(data)
        times.append(time.process_time() - start)
    return 1000 * median(times)


def _row(name: str, *cells: str) -> None:
    sys.stdout.write(f"{name:<32}" + "".join(f"{cell:>11}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
