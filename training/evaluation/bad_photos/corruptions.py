"""Photos as bad as sellers take them, made from good ones by code: the same every time.

After the corruptions of ImageNet-C (Hendrycks and Dietterich 2019), with what happens to listing
photos beside them: a photo that lies on its side, a collage, a screenshot of another listing.
"""

import random
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from classifier.ml.preprocessing import border_colour

Corruption = Callable[[Image.Image, random.Random], Image.Image]

TINY: Final = 48  # pixels of the long side, as of a thumbnail
CRUSHED: Final = 5  # JPEG quality
PAGE: Final = (390, 844)  # pixels of a phone's screen
INK: Final = (40, 40, 44)
PALE: Final = (205, 205, 210)
ACCENT: Final = (20, 110, 200)


def _on_its_side(image: Image.Image, rng: random.Random) -> Image.Image:
    turn = rng.choice((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270))
    return image.transpose(turn)


def _upside_down(image: Image.Image, _rng: random.Random) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_180)


def _tilted(image: Image.Image, rng: random.Random) -> Image.Image:
    angle = rng.choice((-1, 1)) * rng.uniform(20, 35)
    return image.rotate(
        angle, Image.Resampling.BILINEAR, expand=True, fillcolor=border_colour(image)
    )


def _mirrored(image: Image.Image, _rng: random.Random) -> Image.Image:
    return ImageOps.mirror(image)


def _dark(image: Image.Image, rng: random.Random) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(rng.uniform(0.15, 0.3))


def _washed_out(image: Image.Image, rng: random.Random) -> Image.Image:
    pale = ImageEnhance.Contrast(image).enhance(rng.uniform(0.3, 0.5))
    return ImageEnhance.Brightness(pale).enhance(1.4)


def _blurred(image: Image.Image, rng: random.Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(min(image.size) * rng.uniform(0.012, 0.02)))


def _tiny(image: Image.Image, _rng: random.Random) -> Image.Image:
    small = image.copy()
    small.thumbnail((TINY, TINY), Image.Resampling.BILINEAR)
    return small.resize(image.size, Image.Resampling.BILINEAR)


def _crushed(image: Image.Image, _rng: random.Random) -> Image.Image:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=CRUSHED)
    return Image.open(buffer).convert("RGB")


def _collage(image: Image.Image, rng: random.Random) -> Image.Image:
    """Four pictures of one product: whole, mirrored, and two details."""
    width, height = image.size
    details = []
    for _ in range(2):
        left, top = rng.uniform(0, 0.5), rng.uniform(0, 0.5)
        box = (left * width, top * height, (left + 0.5) * width, (top + 0.5) * height)
        details.append(image.resize(image.size, box=box))
    sheet = Image.new("RGB", (2 * width + 4, 2 * height + 4), (255, 255, 255))
    for position, picture in enumerate((image, ImageOps.mirror(image), *details)):
        sheet.paste(picture, ((position % 2) * (width + 4), (position // 2) * (height + 4)))
    return sheet


def _screenshot(image: Image.Image, rng: random.Random) -> Image.Image:
    """A phone's picture of another shop's page: bars, lines of text, a button."""
    width, height = PAGE
    page = Image.new("RGB", PAGE, (255, 255, 255))
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, width, 44), fill=(246, 246, 248))
    draw.text((16, 16), f"{rng.randrange(24):02}:{rng.randrange(60):02}", fill=INK)
    photo = ImageOps.contain(image, (width, height // 2))
    page.paste(photo, ((width - photo.width) // 2, 56))
    line = 56 + photo.height + 24
    draw.text((16, line), f"EUR {rng.randrange(40, 900)}.00", fill=INK)
    for number in range(5):
        top = line + 30 + 22 * number
        draw.rectangle((16, top, 16 + rng.randrange(160, width - 32), top + 9), fill=PALE)
    draw.rounded_rectangle((16, height - 90, width - 16, height - 46), 10, fill=ACCENT)
    return page


CORRUPTIONS: Final[Mapping[str, Corruption]] = MappingProxyType(
    {
        "on its side": _on_its_side,
        "upside down": _upside_down,
        "tilted": _tilted,
        "mirrored": _mirrored,
        "dark": _dark,
        "washed out": _washed_out,
        "blurred": _blurred,
        "tiny": _tiny,
        "crushed JPEG": _crushed,
        "collage": _collage,
        "screenshot": _screenshot,
    }
)


def corrupted(image: Image.Image, name: str, seed: int) -> Image.Image:
    """Return an upright RGB photo with one of `CORRUPTIONS`; a seed always gives the same.

    Raises:
        KeyError: if there is no such corruption.
    """
    rng = random.Random(f"{name} {seed}")  # noqa: S311  # pictures, not secrets
    return CORRUPTIONS[name](image, rng)
