"""A bundle as torch's documentation runs a network: every pixel decoded, full precision, eager."""

from io import BytesIO
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from classifier.decision import Decision, Scores, decide
from classifier.ml.bundle import Bundle
from classifier.ml.preprocessing import fit_square, normalise
from classifier.ml.probabilities import LogitArrays, probabilities


def pixels_of(data: bytes, bundle: Bundle) -> Tensor:
    """Return a photo's bytes as uint8 (3, size, size)."""
    with Image.open(BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    square = fit_square(image, bundle.manifest.preprocessing)
    return torch.from_numpy(np.array(square)).permute(2, 0, 1)


def tags_of(photos: list[Tensor], bundle: Bundle) -> list[tuple[Scores, Decision]]:
    """Return scores and decisions of uint8 photos (3, size, size), in one pass."""
    manifest = bundle.manifest
    with torch.no_grad():
        pixels = normalise(torch.stack(photos), manifest.preprocessing).contiguous()
        logits = bundle.network(pixels)
    scores = probabilities(LogitArrays.of([logits]), manifest.temperature).as_scores()
    return [(one, decide(one, manifest.thresholds)) for one in scores]


def as_json(scores: Scores, decision: Decision) -> dict[str, Any]:
    """Return what a server of models answers."""
    return {"outcome": str(decision.outcome), "scores": scores.as_dict()}
