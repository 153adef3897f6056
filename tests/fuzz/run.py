"""Let processes handle files, one after the other, and count crashes, hangs and costs."""

import json
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import IO, Final

from tests.repository import REPOSITORY

MOST_SECONDS: Final = 2.0
MOST_MEGABYTES: Final = 400.0
# For a file to be made and handled, on a busy machine; who takes longer hangs.
HANG_SECONDS: Final = 120.0


@dataclass
class Outcome:
    """What became of files; a file is named by its kind and its number."""

    kind: str
    handled: int = 0
    taken: int = 0
    crashed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    most_seconds: float = 0.0
    most_megabytes: float = 0.0

    @property
    def is_well(self) -> bool:
        return bool(self.handled) and not (self.crashed or self.slow or self.large)

    def __str__(self) -> str:
        lines = [
            f"{self.handled} {self.kind} files: {self.taken} taken, "
            f"{self.handled - self.taken} refused; {len(self.crashed)} crashes or hangs, "
            f"{len(self.slow)} over {MOST_SECONDS:g} s, {len(self.large)} over "
            f"{MOST_MEGABYTES:g} MB; most {self.most_seconds:.2f} s, {self.most_megabytes:.0f} MB."
        ]
        return "\n  ".join([*lines, *self.crashed, *self.slow, *self.large])


def run_files(kind: str, first: int, end: int) -> Outcome:
    """Handle the files with these numbers, in processes that are started anew after a crash."""
    outcome = Outcome(kind)
    while first < end:
        first = _in_one_process(outcome, first, end) + 1
    return outcome


def _in_one_process(outcome: Outcome, first: int, end: int) -> int:
    """Return the number of the last file that a process dealt with, or died of."""
    command = [sys.executable, "-m", "tests.fuzz.child", outcome.kind, str(first), str(end)]
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=complaints
        ) as process,
    ):
        assert process.stdout is not None
        begun, done = first, first - 1
        while done < end - 1 and (line := _next_line(process.stdout)):
            begun = int(line)
            if not (line := _next_line(process.stdout)):
                break
            _count(outcome, json.loads(line), begun)
            done = begun
        process.kill()
        process.wait()
        if done < end - 1:
            complaints.seek(0)
            why = complaints.read().strip()[-300:]
            outcome.crashed.append(f"{outcome.kind} {begun}: {process.returncode}. {why}")
            outcome.handled += 1
    return max(begun, done)


def _next_line(pipe: IO[bytes]) -> bytes:
    """Return a line, nothing if the process has ended or hangs."""
    ready, _, _ = select.select([pipe], [], [], HANG_SECONDS)
    return pipe.readline() if ready else b""


def _count(outcome: Outcome, cost: tuple[float, float, str], number: int) -> None:
    seconds, megabytes, became = cost
    outcome.handled += 1
    outcome.taken += became == "taken"
    outcome.most_seconds = max(outcome.most_seconds, seconds)
    outcome.most_megabytes = max(outcome.most_megabytes, megabytes)
    if seconds > MOST_SECONDS:
        outcome.slow.append(f"{outcome.kind} {number}: {seconds:.1f} s")
    if megabytes > MOST_MEGABYTES:
        outcome.large.append(f"{outcome.kind} {number}: {megabytes:.0f} MB")
