"""Which pixels of a photo show its plain backdrop."""

import numpy as np
from PIL import Image, ImageDraw

from tests.training.patterns import pattern
from training.data.scenes.backdrop import plain_backdrop


def on_white(draw_piece: bool = True) -> Image.Image:
    photo = Image.new("RGB", (200, 160), (250, 250, 250))
    if draw_piece:
        ImageDraw.Draw(photo).rectangle((60, 40, 139, 119), fill=(120, 30, 40))
    return photo


def test_the_backdrop_of_a_shop_photo_is_all_around_the_piece() -> None:
    """The piece stays, up to a pixel of its edge; all else is backdrop."""
    backdrop = plain_backdrop(on_white())
    assert backdrop is not None
    assert backdrop.shape == (160, 200)
    assert not backdrop[43:117, 63:137].any()
    assert backdrop[:37].all()
    assert backdrop[123:].all()
    assert backdrop[:, :57].all()
    assert backdrop[:, 143:].all()


def test_a_soft_shadow_belongs_to_the_backdrop() -> None:
    """A backdrop that darkens slowly has no step at which it could end."""
    pixels = np.asarray(on_white()).copy()
    shade = np.linspace(0, 60, 40).astype(np.uint8)
    pixels[120:160] = pixels[120:160] - np.minimum(shade, 60)[:, None, None]
    photo = np.asarray(Image.fromarray(pixels).resize((200, 160)))
    framed = np.full((200, 240, 3), 250, dtype=np.uint8)
    framed[20:180, 20:220] = photo
    framed[180:] = 250
    backdrop = plain_backdrop(Image.fromarray(framed))
    assert backdrop is not None
    assert backdrop[150, 120], "The shadow is below the piece, and dark."
    assert not backdrop[100, 120]


def test_a_busy_photo_has_no_plain_backdrop() -> None:
    """Where the frame shows many colours, nothing is cut out."""
    assert plain_backdrop(pattern(3, (200, 160))) is None


def test_a_photo_of_nothing_but_backdrop_is_left_alone() -> None:
    """What shows no piece cannot be cut out, nor what the piece fills."""
    assert plain_backdrop(on_white(draw_piece=False)) is None
    full = Image.new("RGB", (200, 160), (250, 250, 250))
    full.paste(pattern(4, (196, 156)), (2, 2))
    assert plain_backdrop(full) is None
