"""How long the passes of a training will take, measured before it begins."""

import time
from typing import Final

import torch

from training.engine.stages import TrainedPart

PHOTOS: Final = 4  # of the step that is timed
HOUR: Final = 3600


def seconds_a_photo(part: TrainedPart, size: int) -> float:
    """Return what a pass and its gradient take for a photo, on the part's device.

    The part is left as it was. The first of two steps is not counted: it finds memory and kernels.

    Args:
        part: one that takes photos.
        size: side of a photo, in pixels.
    """
    was_training = part.training
    part.eval()  # so that batch norms do not learn from what is no photo
    photos = torch.full((PHOTOS, 3, size, size), 0.5, device=next(part.parameters()).device)
    seconds = 0.0
    for _ in range(2):
        started = time.perf_counter()
        part.features(photos).mean().backward()  # type: ignore[no-untyped-call]  # torch's
        seconds = time.perf_counter() - started
    part.zero_grad(set_to_none=True)
    part.train(was_training)
    return seconds / PHOTOS


def in_words(seconds: float) -> str:
    """Return a duration as people say it."""
    if seconds < 90:
        return "a minute"
    if seconds < 2 * HOUR:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / HOUR)} hours"
