"""Photos as phones send them, drawn or enlarged from real ones when they are needed."""

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageCms

from benchmarks.intake import PHONE, encoded, picture_of_size

KINDS: Final = ("JPEG, 12 megapixels", "HEIC, 12 megapixels", "JPEG, Display P3")
# Of Display P3, adapted to D50, as its ICC profile has them (Apple, 2015).
_P3: Final[Mapping[bytes, tuple[float, float, float]]] = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}
_ORIENTATION: Final = 0x0112
_ON_ITS_SIDE: Final = 6


def phone_photos(folder: Path, count: int) -> dict[str, list[Path]]:
    """Write ``count`` photos of each kind to a folder and return their files.

    Real photos of ``PHOTOS_DIR``, where it is set, are enlarged and given a sensor's noise; else
    the pictures are drawn.
    """
    files: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    exif = Image.Exif()
    exif[_ORIENTATION] = _ON_ITS_SIDE
    for number, picture in enumerate(_pictures(count)):
        for kind in KINDS:
            image_format = "HEIF" if kind.startswith("HEIC") else "JPEG"
            options = {"exif": exif.tobytes(), "quality": 60 if image_format == "HEIF" else 92}
            if kind == "JPEG, Display P3":
                options["icc_profile"] = display_p3()
            path = folder / f"{number}-{KINDS.index(kind)}.{image_format.lower()}"
            path.write_bytes(encoded(picture, image_format, **options))
            files[kind].append(path)
    return files


def _pictures(count: int) -> list[Image.Image]:
    folder = os.environ.get("PHOTOS_DIR", "").split(os.pathsep)[0]
    real = sorted(Path(folder).rglob("*.jpg")) if folder else []
    if not real:
        return [picture_of_size(PHONE, seed=seed) for seed in range(count)]
    chosen = real[:: max(1, len(real) // count)][:count]
    return [_enlarged(path, seed) for seed, path in enumerate(chosen)]


def _enlarged(path: Path, seed: int) -> Image.Image:
    with Image.open(path) as image:
        large = image.convert("RGB").resize(PHONE, Image.Resampling.BICUBIC)
    noise = np.random.default_rng(seed).normal(0, 4, (PHONE[1], PHONE[0], 1))
    return Image.fromarray(np.clip(np.asarray(large) + noise, 0, 255).astype(np.uint8))


def display_p3() -> bytes:
    """Return a profile of Display P3: that of sRGB with other primaries, and the same curve."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (tags,) = struct.unpack_from(">I", profile, 128)
    for number in range(tags):
        name, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if name in _P3:
            # s15Fixed16 numbers behind the type's eight bytes (ICC.1:2010, 10.27).
            struct.pack_into(">3i", profile, offset + 8, *(round(65536 * v) for v in _P3[name]))
    return bytes(profile)
