"""A program that a test starts, watches and stops, with its output in a file."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from tests.repository import REPOSITORY
from tests.servers.forked import Forked, can_be_forked
from tests.servers.watcher import end_with_the_run

# Generous: the machines that run tests are busy.
START_SECONDS: Final = 90
STOP_SECONDS: Final = 30
LONGEST_PAUSE: Final = 0.2


class Program:
    """One program; `start`, `stop` (as a supervisor does) and `kill` (as a power cut does)."""

    def __init__(
        self, name: str, command: Sequence[str | Path], folder: Path, env: Mapping[str, str]
    ) -> None:
        self.name = name
        self.log_file = folder / f"{name}.log"
        self._command = [str(part) for part in command]
        self._env = dict(env)
        self._process: Forked | subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it has written so far, over all its starts."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def start(self) -> None:
        with self.log_file.open("ab") as log:
            self._process = begun(self._command, self._env, log, log)
        end_with_the_run(self._process.pid)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was not started."
        return self._process.pid

    def ended(self, seconds: float) -> int:
        """Wait until it ends by itself; return its exit code, negative for a signal."""
        assert self._process is not None, f"{self.name} was not started."
        return self._process.wait(seconds)

    def stop(self) -> float:
        """Ask it to stop; return after how many seconds it had. Kills it if it does not."""
        began = time.monotonic()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"{self.name} did not stop within {STOP_SECONDS} s.") from None
            self._process = None
        return time.monotonic() - began

    def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):  # it was over by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def begun(
    command: Sequence[str], environment: Mapping[str, str], output: IO[bytes], errors: IO[bytes]
) -> "Forked | subprocess.Popen[bytes]":
    """Start a program in a group of its own, so that a kill of it reaches its children too."""
    if can_be_forked(command, environment):
        return Forked(command, environment, output, errors)
    return subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, stdout=output,
        stderr=errors, start_new_session=True,
    )  # fmt: skip


def completed(
    command: Sequence[str | Path], environment: Mapping[str, str], seconds: float | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end; return its exit code and what it wrote."""
    words = [str(part) for part in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        program = begun(words, environment, output, errors)
        end_with_the_run(program.pid)
        code = program.wait(seconds)
        return subprocess.CompletedProcess(words, code, _all_of(output), _all_of(errors))


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def wait_until(
    condition: Callable[[], bool], *, what: str, seconds: float = START_SECONDS
) -> float:
    """Return after how many seconds the condition came true; fail the test if it does not.

    The longer it has waited the less often it asks: questions take time from what they ask about.
    """
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"Not within {seconds:.0f} s: {what}.")
        time.sleep(min(max(0.02, waited / 10), LONGEST_PAUSE))
    return time.monotonic() - began
