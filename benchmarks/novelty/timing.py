"""How long work on a single photo takes."""

import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from torch import Tensor

TIMES: Final = 100  # single photos, one after the other

Work = Callable[[Tensor], object]


def microseconds(work: Mapping[str, Work], photos: Tensor) -> dict[str, float]:
    """Return the median time of each kind of work for one photo of (N, D), in microseconds."""
    medians = {}
    for name, one in work.items():
        seconds = []
        for number in range(min(TIMES, len(photos))):
            began = time.perf_counter()
            one(photos[number : number + 1])
            seconds.append(time.perf_counter() - began)
        medians[name] = 1e6 * float(np.median(seconds))
    return medians
