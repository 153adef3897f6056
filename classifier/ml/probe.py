"""Is a model that was just loaded fit for work? Two drawn pictures through all of it say so."""

from io import BytesIO
from typing import Final

import torch
from PIL import Image, ImageDraw

from classifier.decision import Scores
from classifier.ml.bundle import Bundle
from classifier.ml.engines.engine import EngineError, EngineName
from classifier.ml.manifest import BundleError
from classifier.ml.predictor import Predictor

# How far the scores of one photo may differ between a pass of one and a pass of several: on a
# GPU, whose passes are in half precision, a thousandth is usual.
TOLERANCE: Final = 0.02


class UnfitModelError(BundleError):
    """The files are whole, but the model does not work here."""


def load_and_probe(bundle: Bundle, engine: EngineName | None = None) -> Predictor:
    """Return the bundle on this machine's device, after it has scored two drawn pictures.

    Args:
        engine: what runs it; torch unless it is named.

    Raises:
        UnfitModelError: if it does not fit on the device, if its scores are no probabilities or
            depend on what else is in the pass, or if it does not tell the two pictures apart.
    """
    name = bundle.manifest.name
    try:
        predictor = Predictor(bundle, engine=engine)
    except (EngineError, RuntimeError) as error:
        raise _unfit(name, error) from error
    check(predictor)
    return predictor


def check(predictor: Predictor) -> None:
    """Let a model score two drawn pictures.

    Raises:
        UnfitModelError: as `load_and_probe` says.
    """
    name = predictor.manifest.name
    try:
        _check(predictor, name)
    # What torch raises when the device or its memory fails, and `Scores` for numbers that are none.
    except (EngineError, RuntimeError, ValueError) as error:
        raise _unfit(name, error) from error


def _unfit(name: str, error: Exception) -> UnfitModelError:
    return UnfitModelError(
        f"{name} loads, but it does not work on this machine ({type(error).__name__}: "
        f"{error}). Look at the device and its free memory; if others have the same trouble, "
        "train it again."
    )


def _check(predictor: Predictor, name: str) -> None:
    picture, plain = (predictor.prepare(data) for data in _pictures())
    size = predictor.manifest.preprocessing.size
    if picture.shape != (3, size, size) or picture.dtype != torch.uint8:
        raise ValueError(f"a prepared photo is {picture.dtype} {tuple(picture.shape)}")
    first, other, again = predictor.predict([picture, plain, picture])
    (alone,) = predictor.predict([picture])
    if (apart := max(_distance(first, again), _distance(first, alone))) > TOLERANCE:
        raise UnfitModelError(
            f"{name} gives the same photo scores that differ by {apart:.3f}, depending on what "
            f"else is in the pass; at most {TOLERANCE} was expected. Look at the device."
        )
    if _distance(first, other) == 0:
        raise UnfitModelError(
            f"{name} gives a drawn picture and a plain grey one the very same scores, so it does "
            "not look at photos. Train it again."
        )


def _distance(one: Scores, other: Scores) -> float:
    pairs = zip(_numbers(one), _numbers(other), strict=True)
    return max(abs(a - b) for a, b in pairs)


def _numbers(scores: Scores) -> list[float]:
    return [*scores.main.values(), *scores.sub.values(), scores.novelty]


def _pictures() -> tuple[bytes, bytes]:
    """Return two JPEGs: something like a bag on a light ground, and nothing at all."""
    picture = Image.new("RGB", (320, 240), "ivory")
    draw = ImageDraw.Draw(picture)
    draw.arc((110, 20, 210, 160), 180, 360, fill="saddlebrown", width=8)
    draw.rounded_rectangle((70, 90, 250, 210), 16, fill="peru", outline="saddlebrown", width=6)
    draw.ellipse((150, 130, 170, 150), fill="gold")
    return _jpeg(picture), _jpeg(Image.new("RGB", (320, 240), "grey"))


def _jpeg(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
