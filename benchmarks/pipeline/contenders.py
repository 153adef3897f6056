"""What tags the same pending photos: our worker, and the straightforward way."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.pipeline.site import (
    BINARIES,
    KEEP_MEMORY,
    add_pending,
    processor_seconds,
    program,
)
from tests import procfile

# So many a worker needs after its start until each of its threads has all it keeps.
WARM_UP: Final = 128
LONGEST_SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds a photo: of the clock, of a core in the worker, of a core in the database."""

    wall: float
    processor: float
    database: float


class Contender:
    """Programs that make stored tags of pending rows.

    Args:
        name: what the table calls it.
        command: without the path of the virtual environment.
        env: what it needs besides the site's environment.
        submit: tells it of new rows.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        env: dict[str, str],
        submit: Callable[[list[int]], object],
    ) -> None:
        self.name = name
        self._command = [str(BINARIES / command[0]), *command[1:]]
        self._env = env
        self._submit = submit

    def run(
        self, rows: list[dict[str, Any]], photos: int, env: dict[str, str],
        database: psutil.Process | None,
    ) -> Run:  # fmt: skip
        """Start it, let it tag some photos, then measure it on ``photos`` more."""
        with self._running(env) as process:
            self._tag(add_pending(rows, WARM_UP))
            numbers = add_pending(rows, photos)
            before = _seconds(process), _seconds(database)
            wall = self._tag(numbers)
            after = _seconds(process), _seconds(database)
        return Run(wall / photos, (after[0] - before[0]) / photos, (after[1] - before[1]) / photos)

    def latencies(
        self, rows: list[dict[str, Any]], waits: Sequence[float], env: dict[str, str]
    ) -> list[float]:
        """Return the seconds from each photo's row to its tag; ``waits`` lie before each photo."""
        from classifier.models import ListingPhoto

        with self._running(env):
            self._tag(add_pending(rows, WARM_UP))
            numbers = []
            for wait in waits:
                time.sleep(wait)
                numbers += add_pending(rows, 1)
                self._submit(numbers[-1:])
            self._wait_for(numbers)
        tagged = ListingPhoto.objects.filter(pk__in=numbers)
        return [
            (classified - created).total_seconds()
            for created, classified in tagged.values_list("created_at", "classified_at")
            if classified
        ]

    @contextmanager
    def _running(self, env: dict[str, str]) -> Iterator[psutil.Process]:
        log = Path(env["VAR_DIR"]) / f"{self.name.split()[0]}.log"
        with program(self._command, env | self._env, log, ready=" ready.") as process:
            yield process

    def _tag(self, numbers: list[int]) -> float:
        """Return after how many seconds the last of these photos was stored."""
        began = time.perf_counter()
        self._submit(numbers)
        self._wait_for(numbers)
        return time.perf_counter() - began

    def _wait_for(self, numbers: list[int]) -> None:
        from classifier.models import ListingPhoto

        began = time.perf_counter()
        # By their ends: a list of all numbers, asked every moment, takes a tenth of the machine.
        pending = ListingPhoto.objects.filter(
            pk__gte=numbers[0], pk__lte=numbers[-1], status="pending"
        )
        while left := pending.count():
            elapsed, tagged = time.perf_counter() - began, len(numbers) - left
            if elapsed > LONGEST_SECONDS:
                raise SystemExit(f"{self.name} left {left} photos untagged.")
            # Seldom while many are left, since asking takes of the machine; often towards the end.
            remaining = elapsed * left / tagged if tagged else 0.0
            time.sleep(min(max(0.02, 0.3 * remaining), 0.25))
        failed = ListingPhoto.objects.filter(pk__in=numbers, status="failed").count()
        if failed:
            raise SystemExit(f"{self.name} failed on {failed} photos.")


def _seconds(process: psutil.Process | None) -> float:
    return 0.0 if process is None else processor_seconds(process)


def our_worker(engine: str) -> Contender:
    """Return the worker of the Procfile with this engine."""
    from classifier import notify

    return Contender(
        f"worker, {engine}",
        procfile.started("worker").command,
        {"ENGINE": engine, **KEEP_MEMORY},
        lambda _: notify.notify_workers(),
    )


def straightforward() -> Contender:
    """Return one Celery task a photo, in a process a core."""
    from benchmarks.pipeline import one_by_one

    def submit(numbers: list[int]) -> None:
        for number in numbers:
            one_by_one.tag.delay(number)

    return Contender(
        "one task a photo",
        [
            "celery", "--app", "benchmarks.pipeline.one_by_one", "worker", "--concurrency",
            str(os.cpu_count() or 1), "--queues", "one-by-one", "--without-gossip",
            "--without-mingle", "--without-heartbeat",
        ],
        {"OMP_NUM_THREADS": "1"},
        submit,
    )  # fmt: skip
