"""What a detector costs is timed photo by photo."""

import time

import torch
from torch import Tensor

from benchmarks.novelty.timing import microseconds


def test_a_photo_s_time_is_that_of_one_photo() -> None:
    """Each photo comes alone, and slower work has a longer time."""
    shapes = set()

    def slow(photo: Tensor) -> None:
        shapes.add(tuple(photo.shape))
        time.sleep(0.002)

    found = microseconds({"slow": slow, "quick": Tensor.numel}, torch.zeros(5, 3))
    assert shapes == {(1, 3)}
    assert found["slow"] >= 2000 > found["quick"]
