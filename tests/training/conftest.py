"""A small folder of drawn photos and a backbone to start from, for tests of training."""

import random
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import save_file

from classifier.ml.network import StridePlacement, build_backbone
from classifier.taxonomy import SUBCLASSES, TAXONOMY

PHOTOS_EACH = 10


def draw_photo(path: Path, number: int, seed: int) -> None:
    """Draw shape ``number`` in its own colour, with small differences from photo to photo."""
    rng = random.Random(seed)  # noqa: S311  # pictures, not secrets
    photo = Image.new("RGB", (96, 80), (245, 243 - rng.randrange(20), 240))
    colour = tuple((number * step) % 200 + rng.randrange(30) for step in (37, 91, 151))
    left, top = 10 + rng.randrange(12), 8 + rng.randrange(10)
    box = (left, top, left + 50, top + 45)
    draw = ImageDraw.Draw(photo)
    if number % 3 == 2:
        draw.chord(box, 20, 250, fill=colour)
    else:
        (draw.rectangle, draw.ellipse)[number % 3](box, fill=colour)
    path.parent.mkdir(parents=True, exist_ok=True)
    photo.save(path, "JPEG", quality=90)


@pytest.fixture(scope="session")
def drawn_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder tree with ten easy photos of each subclass, of near photos and of others."""
    folder = tmp_path_factory.mktemp("drawn-photos")
    places = [f"{main}/{sub}" for main, subs in TAXONOMY.items() for sub in subs]
    places += ["Near/Shoes/Sneakers", "Others/Plants"]
    assert len(places) == len(SUBCLASSES) + 2
    for number, subfolder in enumerate(places):
        for i in range(PHOTOS_EACH):
            draw_photo(folder / subfolder / f"{i}.jpg", number, seed=100 * number + i)
    return folder


@pytest.fixture(scope="session")
def backbone_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backbone with random weights, in the format of ImageNet weights on disk."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("backbone") / "backbone.safetensors"
    state = build_backbone(StridePlacement.V1).state_dict()
    # Without training, sixteen blocks of full strength would blow the features up.
    calm = {n: t * 0.2 if n.endswith("bn3.weight") else t for n, t in state.items()}
    save_file(calm, path)
    return path
