"""What a worker could reach at most: its engine's pass and its decoding, with nothing between."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from os import cpu_count
from typing import Any, Final

BATCH: Final = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a photo: seconds of the clock with all cores, and seconds of a core."""

    wall: float
    processor: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.processor + other.processor)


def decoding(predictor: Any, photos: Sequence[bytes]) -> Cost:
    """Return the cost of decoding, a thread a core."""
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        return _measured(lambda: list(pool.map(predictor.prepare, photos)), len(photos))


def forward(predictor: Any, photos: Sequence[bytes]) -> Cost:
    """Return the cost of the network, in full batches of decoded photos.

    With one pass after the other, and with as many callers as there are cores: the quicker counts.
    """
    one = [predictor.prepare(photo) for photo in photos[:BATCH]]
    pixels = (one * BATCH)[:BATCH]
    callers = cpu_count() or 1
    passes = max(2, len(photos) // BATCH) // callers * callers or callers
    costs = []
    for at_once in (1, callers):
        with ThreadPoolExecutor(at_once) as pool:
            for warm_up in (True, False):
                count = callers if warm_up else passes
                run = partial(_all, pool, [partial(predictor.predict, pixels)] * count)
                cost = _measured(run, BATCH * count)
        costs.append(cost)
    return min(costs, key=lambda cost: cost.wall)


def _all(pool: ThreadPoolExecutor, work: Sequence[Callable[[], object]]) -> None:
    """Do all of it in the pool's threads."""
    for future in [pool.submit(one) for one in work]:
        future.result()


def _measured(work: Callable[[], object], photos: int) -> Cost:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Cost((time.perf_counter() - wall) / photos, (time.process_time() - processor) / photos)
