"""Near-duplicates, found by what photos look like."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from tests.training.patterns import pattern, save_pattern
from training.data.folder import UnreadablePhoto
from training.data.splits.near_duplicates import (
    PhotoHash,
    connected,
    hash_photo,
    hash_photos,
    similar_pairs,
)


def bits_of(*paths: Path) -> np.ndarray:
    return np.stack(
        [
            photo_hash.bits
            for photo_hash in map(hash_photo, paths)
            if isinstance(photo_hash, PhotoHash)
        ]
    )


@pytest.mark.parametrize("change", ["smaller", "brighter", "recompressed", "trimmed"])
def test_a_changed_copy_is_found_and_other_photos_are_not(tmp_path: Path, change: str) -> None:
    """A copy that was resized, brightened, recompressed or trimmed is paired with its original."""
    original = pattern(0, (320, 240))
    copies = {
        "smaller": original.resize((160, 120)),
        "brighter": ImageEnhance.Brightness(original).enhance(1.1),
        "recompressed": original,
        "trimmed": original.crop((3, 2, 317, 238)),
    }
    paths = [save_pattern(tmp_path / f"{seed}.jpg", seed, (320, 240)) for seed in range(6)]
    copies[change].save(tmp_path / "copy.jpg", quality=30 if change == "recompressed" else 90)
    pairs = similar_pairs(bits_of(*paths, tmp_path / "copy.jpg"))
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 6)]


def test_pairs_are_found_across_blocks_and_named_once() -> None:
    """Every pair comes once, in order, however many photos are compared at a time."""
    bits = np.random.default_rng(0).integers(0, 2**63, (600, 4), dtype=np.uint64)
    bits[599] = bits[3]
    bits[300] = bits[299] ^ np.uint64(0b101)
    pairs = [(pair.first, pair.second, pair.distance) for pair in similar_pairs(bits)]
    assert pairs == [(3, 599, 0), (299, 300, 8)]


def test_chains_become_one_group() -> None:
    """Photos connected by any chain of pairs share a group; the rest are alone."""
    bits = np.zeros((4, 4), np.uint64)
    bits[3] = np.iinfo(np.uint64).max
    groups = connected(similar_pairs(bits), 4)
    assert groups[0] == groups[1] == groups[2] != groups[3]


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    """A missing file and a text file are reported in order, beside the photo that is fine."""
    good = save_pattern(tmp_path / "good.jpg", 1)
    (tmp_path / "text.jpg").write_text("no photo")
    hashes = list(hash_photos([tmp_path / "gone.jpg", good, tmp_path / "text.jpg"], "reading"))
    gone, photo_hash, text = hashes
    assert isinstance(gone, UnreadablePhoto)
    assert "No such file" in gone.reason
    assert isinstance(photo_hash, PhotoHash)
    assert (photo_hash.width, photo_hash.height) == (160, 120)
    assert isinstance(text, UnreadablePhoto)
    assert "cannot be decoded" in text.reason


def test_a_rotated_phone_photo_equals_its_upright_copy(tmp_path: Path) -> None:
    """The camera's rotation tag is applied before photos are compared."""
    upright = save_pattern(tmp_path / "upright.jpg", 2)
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(upright.read_bytes())) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif)
    assert len(similar_pairs(bits_of(upright, tmp_path / "turned.jpg"))) == 1
