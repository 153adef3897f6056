"""Views of shop photos as sellers take them: the same for a seed, with scenes of others alone."""

import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from classifier.ml.manifest import Preprocessing
from tests.training.labelled import item, near, other
from training.data.batches import PhotoBatches
from training.data.folder import Sample
from training.data.scenes.augmentation import SceneAugmentation
from training.data.scenes.effects import Framing, covered, light, low_resolution, noisy, window
from training.features.batch_sources import BatchSourceBuilder
from training.features.cache import Views
from training.runtime.seeding import seeded

PREPROCESSING = Preprocessing(size=48, resize=48, fit="pad")
PIECE = (128, 128, 128)


def rng_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # pictures, not secrets


def shop_photo() -> Image.Image:
    """A grey piece on white."""
    photo = Image.new("RGB", (120, 100), (252, 252, 252))
    ImageDraw.Draw(photo).rectangle((35, 25, 84, 74), fill=PIECE)
    return photo


def green_scene(folder: Path) -> Path:
    path = folder / "green.png"
    Image.new("RGB", (90, 70), (0, 255, 0)).save(path)
    return path


def green_share(augmentation: SceneAugmentation, views: int = 60) -> float:
    """Return the share of views whose pixels are mostly green."""
    with seeded(1):
        made = torch.stack([augmentation(shop_photo()) for _ in range(views)]).float()
    red, green, blue = made.unbind(1)
    is_green = (green > red + 40) & (green > blue + 40)
    return float((is_green.float().mean(dim=(1, 2)) > 0.3).float().mean())


def test_a_seed_gives_the_same_view_again() -> None:
    """Views are uint8 of the size asked for; another seed gives another one."""
    augmentation = SceneAugmentation(PREPROCESSING)
    views = []
    for seed in (1, 1, 2):
        with seeded(seed):
            views.append(torch.stack([augmentation(shop_photo()) for _ in range(8)]))
    assert views[0].shape == (8, 3, 48, 48)
    assert views[0].dtype == torch.uint8
    assert torch.equal(views[0], views[1])
    assert not torch.equal(views[0], views[2])


def test_plain_backdrops_are_replaced_by_scenes(tmp_path: Path) -> None:
    """A quarter of the views of a shop photo show a scene; without scenes hardly one is green."""
    with_scene = SceneAugmentation(PREPROCESSING, (green_scene(tmp_path),))
    assert 0.15 < green_share(with_scene) < 0.5
    assert green_share(SceneAugmentation(PREPROCESSING)) < 0.12


def test_a_scene_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    """A colour takes its place: the photo is named where it is itself trained on."""
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    scenes = (tmp_path / "bad.jpg", tmp_path / "gone.jpg")
    assert green_share(SceneAugmentation(PREPROCESSING, scenes)) < 0.12


def test_scenes_are_the_others_among_the_photos_trained_on() -> None:
    """Items and near photos are no scenes, and nothing that is not trained on is one."""
    trained: list[Sample] = [item("Boots"), near("Bags"), other(), other()]
    others = (trained[2].path, trained[3].path)
    views = Views(SceneAugmentation(PREPROCESSING), "scenes", 2)
    chosen = views.with_scenes_of(trained)
    assert chosen.augmentation == SceneAugmentation(PREPROCESSING, others)
    assert chosen.name != views.with_scenes_of(trained[:3]).name, "Other scenes, other features."
    builder = BatchSourceBuilder(PREPROCESSING, views, None)
    source = builder.training(trained[:3], "training")
    assert isinstance(source, PhotoBatches)
    assert source.augmentation == SceneAugmentation(PREPROCESSING, others[:1])


def test_a_whole_window_is_the_photo_or_its_mirror_image() -> None:
    """All of the area, no tilt: only the shift of a few pixels and the mirror are left."""
    photo = shop_photo().resize((96, 96))
    for seed in range(4):
        shown = window(photo, 96, Framing(area=(1, 1), tilt=0), rng_of(seed))
        assert shown.size == (96, 96)
        inside = (np.abs(np.asarray(shown).astype(int) - PIECE).max(axis=2) < 30).mean()
        whole = (np.abs(np.asarray(photo).astype(int) - PIECE).max(axis=2) < 30).mean()
        assert abs(inside - whole) < 0.35 * whole


def test_a_small_window_shows_more_of_less() -> None:
    """A fifth of the area enlarges the piece, half as much again leaves a margin around it."""
    photo = shop_photo().resize((96, 96))

    def share(area: float) -> float:
        shares = []
        for seed in range(12):
            shown = np.asarray(window(photo, 48, Framing((area, area), 0), rng_of(seed)))
            shares.append((np.abs(shown.astype(int) - PIECE).max(axis=2) < 30).mean())
        return float(np.mean(shares))

    assert share(1.5) < share(1.0) < share(0.2)


def test_effects_keep_to_their_range() -> None:
    """Light and noise stay between black and white, and cover no more than was asked for."""
    photo = shop_photo().resize((64, 64))
    pixels = np.asarray(photo, dtype=np.float32) / np.float32(255)
    rng = rng_of(5)
    for _ in range(20):
        for changed in (light(pixels, 1.0, rng), noisy(pixels, 0.2, rng)):
            assert changed.dtype == np.float32
            assert 0 <= changed.min() <= changed.max() <= 1
        assert low_resolution(photo, rng).size == (64, 64)
        blue = covered(photo, Image.new("RGB", (64, 64), (0, 0, 255)), (0.05, 0.4), rng)
        share = (np.asarray(blue) == (0, 0, 255)).all(axis=2).mean()
        assert share <= 0.43
