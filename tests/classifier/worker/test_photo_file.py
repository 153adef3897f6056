"""Which file of a photo a worker reads, and that the model sees the same in either."""

import logging
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.core.files.base import ContentFile
from PIL import Image
from torch import Tensor

from classifier.ml.bundle import load_bundle
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.models import ListingPhoto
from classifier.photos.cleaning import CleanPhoto, Limits, clean_photo
from classifier.photos.local_files import find_photos
from classifier.photos.storage import must_be_there
from classifier.photos.thumbnails import thumbnail_name
from classifier.worker import photo_file
from classifier.worker.decide_all import decide_all
from tests.pictures import encoded, scene
from tests.rows import pending_photos

LIMITS = Limits(max_bytes=40 * 2**20, max_pixels=60_000_000)
RED, BLUE = (200, 0, 0), (0, 0, 200)


def plain(colour: tuple[int, int, int], width: int, height: int) -> bytes:
    """Return a JPEG of one colour."""
    return encoded(Image.new("RGB", (width, height), colour), "JPEG")


def stored(photo: bytes, thumbnail: bytes | None, width: int, height: int) -> ListingPhoto:
    """Return a photo of this size with these files."""
    (row,) = pending_photos(1, width=width, height=height)
    storage, name = row.image.storage, str(row.image)
    storage.save(name, ContentFile(photo))
    if thumbnail is not None:
        storage.save(thumbnail_name(name), ContentFile(thumbnail))
    return row


def looks(pixels: Tensor, colour: tuple[int, int, int]) -> bool:
    """Return whether prepared pixels are of this colour."""
    return bool(np.abs(pixels.numpy().mean(axis=(1, 2)) - colour).max() < 3)


@pytest.fixture
def predictor(db: None, storage_folder: Path, untrained_bundle: Path) -> Predictor:
    """A model whose input has 64 pixels; files lie in a folder of this test."""
    return Predictor(load_bundle(untrained_bundle))


def test_a_large_photo_is_read_from_its_thumbnail(predictor: Predictor) -> None:
    """Its own file, which costs several times as much to decode, is left alone."""
    photo = stored(plain(RED, 2016, 1512), plain(BLUE, 672, 504), 2016, 1512)
    assert looks(photo_file.prepare(photo, predictor), BLUE)


def test_a_photo_that_is_hardly_larger_is_read_itself(predictor: Predictor) -> None:
    """There is little to save, and the thumbnail is compressed more."""
    photo = stored(plain(RED, 1200, 900), plain(BLUE, 672, 504), 1200, 900)
    assert looks(photo_file.prepare(photo, predictor), RED)


def test_a_long_photo_is_read_itself_where_its_thumbnail_is_too_narrow(
    predictor: Predictor,
) -> None:
    """Scaled to 64 pixels of the short side, a thumbnail of 112 would have too few for one."""
    photo = stored(plain(RED, 2016, 336), plain(BLUE, 672, 112), 2016, 336)
    assert looks(photo_file.prepare(photo, predictor), RED)


@pytest.mark.parametrize("thumbnail", [None, b"\xff\xd8 no picture"])
def test_without_a_sound_thumbnail_the_photo_is_read(
    predictor: Predictor, thumbnail: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """One that is missing is nothing new; of one that is damaged the log has a line."""
    caplog.set_level(logging.WARNING)
    photo = stored(plain(RED, 2016, 1512), thumbnail, 2016, 1512)
    assert looks(photo_file.prepare(photo, predictor), RED)
    assert ("is damaged" in caplog.text) == (thumbnail is not None)


def test_what_is_wrong_with_the_photo_itself_is_said(predictor: Predictor) -> None:
    """Where neither file is sound, the error is that of the photo."""
    with pytest.raises(UnreadablePhotoError):
        photo_file.prepare(stored(b"no picture", b"nor this", 2016, 1512), predictor)
    (missing,) = pending_photos(1, width=2016, height=1512, image="photos/nowhere.jpg")
    must_be_there(missing.image.storage)
    with pytest.raises(FileNotFoundError):
        photo_file.prepare(missing, predictor)


def cleaned(files: Iterable[bytes]) -> list[CleanPhoto]:
    """Return photos as intake stores them, enlarged as if a phone had taken them."""
    return [clean_photo(_enlarged(file), LIMITS, with_thumbnail=True) for file in files]


def _enlarged(data: bytes) -> bytes:
    with Image.open(BytesIO(data)) as image:
        scale = 2016 / max(image.size)
        size = (round(image.width * scale), round(image.height * scale))
        return encoded(image.convert("RGB").resize(size), "JPEG", quality=92)


def test_the_thumbnail_of_a_scene_gives_the_pixels_of_the_photo(starter_bundle: Path) -> None:
    """Edges and colours lie in the same places: on average less than one of 255 steps apart."""
    predictor = Predictor(load_bundle(starter_bundle))
    (photo,) = cleaned([encoded(scene(), "JPEG", quality=95)])
    pixels = [predictor.prepare(data).numpy().astype(int) for data in (photo.jpeg, photo.thumbnail)]
    assert np.abs(pixels[0] - pixels[1]).mean() < 1


@pytest.mark.integration
def test_the_thumbnails_of_real_photos_are_decided_alike(
    photos_dir: Path, starter_bundle: Path
) -> None:
    """Of 40 photos one tag at most differs, and no confidence of a main class by a tenth."""
    predictor = Predictor(load_bundle(starter_bundle))
    files = find_photos(photos_dir).photos
    photos = cleaned(file.read_bytes() for file in files[:: len(files) // 40][:40])
    of_photos, of_thumbnails = (
        [one.decision for one in decide_all(map(predictor.prepare, files), predictor)]
        for files in zip(*((photo.jpeg, photo.thumbnail) for photo in photos), strict=True)
    )
    pairs = list(zip(of_photos, of_thumbnails, strict=True))
    assert sum((a.outcome, a.main, a.sub) != (b.outcome, b.main, b.sub) for a, b in pairs) <= 1
    assert max(abs(a.main_confidence - b.main_confidence) for a, b in pairs) < 0.1
