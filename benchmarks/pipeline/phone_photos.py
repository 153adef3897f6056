"""Photos as intake stores those of a phone, made of the samples; knows no Django."""

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from benchmarks.repository import REPOSITORY
from classifier.photos.cleaning import CleanPhoto, Limits, clean_photo

SAMPLES: Final = REPOSITORY / "samples" / "photos"
PHONE_SIDE: Final = 4032
LIMITS: Final = Limits(max_bytes=40 * 2**20, max_pixels=60_000_000)


def photos_of_a_phone(count: int) -> list[CleanPhoto]:
    """Return so many different photos, cleaned as uploads of 12 megapixels are."""
    files = sorted(SAMPLES.iterdir())[:count]
    return [clean_photo(_from_a_phone(file), LIMITS, with_thumbnail=True) for file in files]


def _from_a_phone(file: Path) -> bytes:
    """Return a photo enlarged to 12 megapixels, as a JPEG."""
    with Image.open(file) as opened:
        image = opened.convert("RGB")
    scale = PHONE_SIDE / max(image.size)
    size = (round(image.width * scale), round(image.height * scale))
    buffer = BytesIO()
    image.resize(size, Image.Resampling.BILINEAR).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
