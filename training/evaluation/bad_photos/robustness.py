"""How accuracy falls when a part of the photo is covered or cut away, or the photo is a bad one."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from classifier.decision import Scores
from classifier.ml.manifest import Preprocessing
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import decode, fit_square, served_file
from classifier.photos.cleaning import Limits, clean_photo
from classifier.photos.local_files import read_file
from training.data.folder import Sample
from training.evaluation.bad_photos.corruptions import CORRUPTIONS, corrupted
from training.evaluation.figures import accuracy, decide_all, decisions
from training.evaluation.named_figures import flat
from training.evaluation.scoring import Probabilities, truth_of
from training.runtime.progress import Progress

SHARES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
COVER: Final = (124, 116, 104)  # ImageNet's mean colour says nothing about any class
FIGURES: Final = (
    "main_accuracy",
    "main_accuracy_95",
    "sub_accuracy",
    "sub_accuracy_95",
    "coverage",
    "tag_accuracy",
    "wrong_tag_rate",
    "wrong_tag_rate_95",
)


class Spot(NamedTuple):
    """Where a rectangle lies in the photo: 0 is left or top, 1 is right or bottom."""

    across: float
    down: float


def cover(image: Image.Image, share: float, spot: Spot) -> Image.Image:
    """Return the photo with a grey rectangle of its own proportions over ``share`` of its area."""
    covered = image.copy()
    covered.paste(COVER, _rectangle(image, share, spot))
    return covered


def cut(image: Image.Image, share: float, spot: Spot) -> Image.Image:
    """Return a part of the photo, of its own proportions, without ``share`` of its area."""
    return image.crop(_rectangle(image, 1 - share, spot))


KINDS: Final[Mapping[str, Callable[[Image.Image, float, Spot], Image.Image]]] = MappingProxyType(
    {"covered": cover, "cut": cut}
)

VARIANTS: Final = 1 + len(SHARES) * len(KINDS) + len(CORRUPTIONS)


def robustness(
    samples: Sequence[Sample], predictor: Predictor, limits: Limits, *, at_most: int
) -> dict[str, Any]:
    """Return figures of items that are covered, cut, or corrupted as sellers' photos are.

    10 to 60 % of the photo is covered or cut away; each of `CORRUPTIONS` is done to the whole.

    Args:
        samples: photos that can be read; a stated subsample of the items is taken.
        predictor: the product's.
        limits: the product's limits of a photo.
        at_most: how many photos; each is scored `VARIANTS` times.
    """
    chosen = subsample(samples, at_most)
    scores: dict[tuple[str, float], list[Scores]] = defaultdict(list)
    with Progress("robustness", len(chosen)) as progress:
        for sample in chosen:
            variants = _variants(sample, predictor.manifest.preprocessing, limits)
            for name, score in zip(variants, predictor.predict([*variants.values()]), strict=True):
                scores[name].append(score)
            progress.advance(1)
    if not chosen:
        return {"photos": 0, "shares": [], "corrupted": [], **{kind: [] for kind in KINDS}}
    truth, thresholds = truth_of(chosen), predictor.manifest.thresholds

    def figures(name: tuple[str, float]) -> dict[str, Any]:
        probabilities = Probabilities.of(scores[name])
        decided = decide_all(probabilities, thresholds)
        every = flat(accuracy(probabilities, truth) | decisions(decided, truth))
        return {figure: every[figure] for figure in FIGURES}

    whole = figures(("whole", 0.0))
    return {
        "photos": len(chosen),
        "shares": [0.0, *SHARES],
        **{kind: [whole, *(figures((kind, share)) for share in SHARES)] for kind in KINDS},
        "corrupted": [
            {"name": "as it is", **whole},
            *({"name": name, **figures((name, 1.0))} for name in CORRUPTIONS),
        ],
    }


def subsample(samples: Sequence[Sample], at_most: int) -> list[Sample]:
    """Return at most ``at_most`` items, evenly over the subclasses; the same ones every time."""
    by_class: dict[str, list[Sample]] = defaultdict(list)
    for sample in sorted(samples, key=_digest):
        if sample.sub is not None:
            by_class[sample.sub].append(sample)
    ranked = [
        (rank, name, sample)
        for name, members in by_class.items()
        for rank, sample in enumerate(members)
    ]
    ranked.sort(key=lambda entry: entry[:2])
    return [sample for _, _, sample in ranked[:at_most]]


def _variants(
    sample: Sample, preprocessing: Preprocessing, limits: Limits
) -> dict[tuple[str, float], Tensor]:
    """Return the photo whole, covered, cut and corrupted, each as uint8 (3, size, size)."""
    photo = clean_photo(read_file(sample.path), limits, with_thumbnail=True)
    image = decode(served_file(photo, preprocessing), at_least=preprocessing.resize)
    across, down = np.random.default_rng(int(_digest(sample)[:8], 16)).random(2)
    spot = Spot(float(across), float(down))
    made = {("whole", 0.0): image}
    for kind, change in KINDS.items():
        made |= {(kind, share): change(image, share, spot) for share in SHARES}
    seed = int(_digest(sample)[:8], 16)
    made |= {(name, 1.0): corrupted(image, name, seed) for name in CORRUPTIONS}
    return {name: _as_tensor(fit_square(picture, preprocessing)) for name, picture in made.items()}


def _rectangle(image: Image.Image, share: float, spot: Spot) -> tuple[int, int, int, int]:
    width, height = (max(1, round(side * math.sqrt(share))) for side in image.size)
    left = round((image.width - width) * spot.across)
    top = round((image.height - height) * spot.down)
    return left, top, left + width, top + height


def _digest(sample: Sample) -> str:
    """Return a hash of the photo's name and product, wherever its folder lies."""
    name = f"{sample.group}/{sample.path.name}"
    return hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()


def _as_tensor(square: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(square)).permute(2, 0, 1)
