"""How long photos spend in each stage of their way, as a histogram of this process."""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from classifier.operations.stages import BOUNDS, STAGES


class StageTimes:
    """Counts, since the start of the process, in the buckets that `BOUNDS` name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = {stage: [0] * (len(BOUNDS) + 1) for stage in STAGES}
        self._sums = dict.fromkeys(STAGES, 0.0)

    def observe(self, stage: str, seconds: float) -> None:
        """Count one duration."""
        with self._lock:
            self._counts[stage][bisect_left(BOUNDS, seconds)] += 1
            self._sums[stage] += seconds

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count how long the block takes, if it comes to its end."""
        began = time.monotonic()
        yield
        self.observe(stage, time.monotonic() - began)

    def facts(self) -> dict[str, Any]:
        """Return the column of `Heartbeat` that says so."""
        with self._lock:
            return {
                "stages": {
                    stage: {"counts": list(self._counts[stage]), "sum": self._sums[stage]}
                    for stage in STAGES
                }
            }


stage_times: Final = StageTimes()
