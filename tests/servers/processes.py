"""A program that a test starts, watches and stops, with its output in a file."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.servers.watcher import end_with_the_run

REPOSITORY: Final = Path(__file__).resolve().parent.parent.parent
# Generous: the machines that run tests are busy.
START_SECONDS: Final = 90
STOP_SECONDS: Final = 30


class Program:
    """One program; `start`, `stop` (as a supervisor does) and `kill` (as a power cut does)."""

    def __init__(
        self, name: str, command: Sequence[str | Path], folder: Path, env: Mapping[str, str]
    ) -> None:
        self.name = name
        self.log_file = folder / f"{name}.log"
        self._command = [str(part) for part in command]
        self._env = dict(env)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it has written so far, over all its starts."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def start(self) -> None:
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=REPOSITORY,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own, so that `kill` reaches its children too.
                start_new_session=True,
            )
        end_with_the_run(self._process.pid)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was not started."
        return self._process.pid

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


def wait_until(
    condition: Callable[[], bool], *, what: str, seconds: float = START_SECONDS
) -> float:
    """Return after how many seconds the condition came true; fail the test if it does not."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"Not within {seconds:.0f} s: {what}.")
        time.sleep(0.05)
    return time.monotonic() - began
