"""From bytes to the network's input."""

from io import BytesIO

import pytest
import torch
from PIL import Image

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import (
    UnreadablePhotoError,
    decode,
    fit_square,
    normalise,
    to_tensor,
)
from tests import pictures

CROP, PAD = Preprocessing(fit="centre_crop"), Preprocessing(fit="pad")


@pytest.mark.parametrize("preprocessing", [CROP, PAD], ids=["centre_crop", "pad"])
@pytest.mark.parametrize("size", [(320, 240), (100, 900), (2000, 40), (33, 33), (224, 224)])
def test_every_shape_becomes_the_same_square(
    size: tuple[int, int], preprocessing: Preprocessing
) -> None:
    """Wide, tall, tiny and exact photos all become uint8 (3, 224, 224)."""
    tensor = to_tensor(pictures.jpeg(*size), preprocessing)
    assert tensor.shape == (3, 224, 224)
    assert tensor.dtype == torch.uint8


def test_padding_shows_the_whole_photo_and_cropping_its_middle() -> None:
    """With `pad` the corners survive; with `centre_crop` a wide photo loses its sides."""
    picture = pictures.scene(800, 200)
    padded, cropped = fit_square(picture, PAD), fit_square(picture, CROP)
    assert padded.getpixel((5, 112 - 20)) == (255, 0, 0)  # red, from the upper left corner
    assert (255, 0, 0) not in {pixel for _, pixel in cropped.getcolors(maxcolors=10**6) or []}


def test_padding_has_the_colour_of_the_backdrop() -> None:
    """A product on white is filled up with white, so that no frame appears."""
    picture = Image.new("RGB", (400, 100), "white")
    picture.paste("black", (150, 30, 250, 70))
    assert fit_square(picture, PAD).getpixel((112, 5)) == (255, 255, 255)


def test_large_photos_are_decoded_smaller_but_never_too_small() -> None:
    """The JPEG decoder's shortcut keeps at least the size that is needed."""
    image = decode(pictures.jpeg(4000, 3000), at_least=256)
    assert 256 <= min(image.size) < 3000


def test_the_camera_s_rotation_is_undone() -> None:
    """A photo with an EXIF rotation is seen upright."""
    image = decode(pictures.rotated_by_exif(6), at_least=240)
    assert image.size == (320, 240)
    red, green, blue = pictures.colour_at(image, (10, 10))
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize(
    "content", [b"", b"text", pictures.jpeg()[:200]], ids=["empty", "text", "cut"]
)
def test_bytes_that_are_no_photo_are_named_so(content: bytes) -> None:
    """What cannot be decoded raises the one error that a worker and a trainer expect."""
    with pytest.raises(UnreadablePhotoError, match="cannot be decoded"):
        to_tensor(content, CROP)


# Pillow warns of much that is odd in a file; that is no error.
@pytest.mark.filterwarnings("ignore:::PIL")
def test_damaged_files_of_every_format_raise_that_error_alone() -> None:
    """Five hundred damaged files are either still readable or unreadable, never a crash."""
    for image_format in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
        whole = pictures.encoded(pictures.scene(64, 48), image_format)
        for seed in range(100):
            try:
                to_tensor(pictures.damaged(whole, seed), CROP)
            except UnreadablePhotoError:
                continue


def test_normalising_is_arithmetic() -> None:
    """Each channel is brought to 0..1, less its mean, over its deviation, and stays in place."""
    batch = torch.full((2, 3, 4, 4), 255, dtype=torch.uint8)
    result = normalise(batch, CROP)
    expected = [(1 - mean) / std for mean, std in zip(CROP.mean, CROP.std, strict=True)]
    torch.testing.assert_close(result[0, :, 0, 0], torch.tensor(expected))
    assert batch.eq(255).all()


def test_a_file_object_is_not_needed() -> None:
    """Bytes in, tensor out: the same bytes give the same tensor."""
    data = BytesIO(pictures.jpeg()).getvalue()
    assert torch.equal(to_tensor(data, PAD), to_tensor(data, PAD))
