"""Views of photos as sellers take them, from photos as shops take them.

A shop shows its pieces on a plain backdrop. A network that learns from shops alone learns the
backdrop with the piece, so here it is often replaced by a part of another photo.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import UnreadablePhotoError, border_colour, decode
from classifier.photos.local_files import read_file
from training.data.folder import Kind, Sample
from training.data.scenes.backdrop import plain_backdrop
from training.data.scenes.effects import (
    Framing,
    Pixels,
    covered,
    light,
    low_resolution,
    noisy,
    random_colour,
    window,
)

SIDE: Final = 320  # pixels of a photo's long side, of which views are windows
MILD: Final = 1 / 3  # share of the views
MILD_FRAMING: Final = Framing(area=(0.45, 1.2), tilt=4)
STRONG_FRAMING: Final = Framing(area=(0.2, 1.5), tilt=9, turned=0.05)
REPLACED: Final = 0.6  # of plain backdrops in strong views
FLAT: Final = 0.25  # of these are replaced by a colour, the others by a scene
SCENE: Final = 0.62  # of a scene's side that is shown: what makes a room is not in its middle alone
SOFT: Final = 0.2  # of strong views have a low resolution
COVERED: Final = 0.3
COVER: Final = (0.05, 0.4)  # of the photo
NOISY: Final = 0.15
NOISE: Final = 0.04


Augment = Callable[[Image.Image], Tensor]


@dataclass(frozen=True, slots=True)
class SceneAugmentation:
    """One third mild views, two thirds strong ones, in which backdrops are replaced by scenes.

    Random numbers come from Python's generator, which `training.runtime.seeding` seeds.

    Attributes:
        preprocessing: its ``size`` is that of a view.
        scenes: photos whose parts replace a backdrop or cover a piece: others that are trained on.
            Without any, colours take their place.
    """

    preprocessing: Preprocessing
    scenes: tuple[Path, ...] = ()

    def with_scenes_of(self, samples: Sequence[Sample]) -> "SceneAugmentation":
        """Return the same with scenes from the photos of others among those trained on."""
        others = tuple(sample.path for sample in samples if sample.kind is Kind.OTHER)
        return replace(self, scenes=others)

    def __call__(self, image: Image.Image) -> Tensor:
        """Return a view of a photo as uint8 (3, size, size)."""
        rng = random.Random(random.getrandbits(64))
        make = self._mild if rng.random() < MILD else self._strong
        view = make(_scaled(image), rng)
        return torch.from_numpy((view * 255).round().astype(np.uint8)).permute(2, 0, 1)

    def _mild(self, photo: Image.Image, rng: random.Random) -> Pixels:
        view = window(_squared(photo), self.preprocessing.size, MILD_FRAMING, rng)
        return light(_as_pixels(view), 0.6, rng)

    def _strong(self, photo: Image.Image, rng: random.Random) -> Pixels:
        square = _squared(photo)
        if rng.random() < REPLACED:
            square = self._on_another_backdrop(photo, square, rng)
        size = self.preprocessing.size
        view = window(square, size, STRONG_FRAMING, rng)
        if rng.random() < SOFT:
            view = low_resolution(view, rng)
        if rng.random() < COVERED:
            by = self._scene(size, rng) if rng.random() < 0.5 else None
            view = covered(view, by, COVER, rng)
        pixels = light(_as_pixels(view), 1.0, rng)
        return noisy(pixels, NOISE, rng) if rng.random() < NOISY else pixels

    def _on_another_backdrop(
        self, photo: Image.Image, square: Image.Image, rng: random.Random
    ) -> Image.Image:
        """Return the photo before a scene or a colour, if its backdrop is plain."""
        backdrop = plain_backdrop(photo)
        if backdrop is None:
            return square
        mask = Image.new("L", square.size, 255)  # the filling around the photo goes with it
        shown = Image.fromarray(np.where(backdrop, 255, 0).astype(np.uint8))
        mask.paste(shown, _corner(photo, square.width))
        scene = None if rng.random() < FLAT else self._scene(square.width, rng)
        if scene is None:
            scene = Image.new("RGB", square.size, random_colour(rng))
        # The edge is averaged over three pixels, or the piece would look cut out with scissors.
        return Image.composite(scene, square, _averaged(mask))

    def _scene(self, side: int, rng: random.Random) -> Image.Image | None:
        """Return a part of another photo, (side, side); None if there is none that can be read."""
        if not self.scenes:
            return None
        try:
            photo = decode(read_file(rng.choice(self.scenes)), at_least=SIDE // 2)
        except (OSError, UnreadablePhotoError):
            return None  # it takes its own turn as a training photo, and is named there
        whole = min(photo.size)
        part = max(1, round(whole * SCENE))
        left, top = rng.randint(0, photo.width - part), rng.randint(0, photo.height - part)
        scene = photo.crop((left, top, left + part, top + part)).resize(
            (side, side), Image.Resampling.BILINEAR
        )
        return scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else scene


def _scaled(image: Image.Image) -> Image.Image:
    """Return the photo with a long side of `SIDE` pixels."""
    scale = SIDE / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)


def _squared(photo: Image.Image) -> Image.Image:
    """Return the photo filled up to a square with the colour of its border."""
    side = max(photo.size)
    square = Image.new("RGB", (side, side), border_colour(photo))
    square.paste(photo, _corner(photo, side))
    return square


def _corner(photo: Image.Image, side: int) -> tuple[int, int]:
    return (side - photo.width) // 2, (side - photo.height) // 2


def _averaged(mask: Image.Image) -> Image.Image:
    return mask.filter(ImageFilter.BoxBlur(1))


def _as_pixels(image: Image.Image) -> Pixels:
    return np.asarray(image, dtype=np.float32) / np.float32(255)
