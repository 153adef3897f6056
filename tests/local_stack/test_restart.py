"""What `make run` starts comes back when it dies, and ends when it is told to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import procfile
from tests.repository import REPOSITORY
from tests.servers.processes import wait_until

# Notes its number, and stays until it is told to stop.
PROGRAM = """
import os, signal, sys, time
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
time.sleep(float(sys.argv[2]))
sys.exit(3)
"""


def start(notes: Path, seconds: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, str(notes), str(seconds)]
    return subprocess.Popen([sys.executable, "-m", "local_stack.restart", *command], cwd=REPOSITORY)


def started(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split()] if notes.exists() else []


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    """Killed after it ran for a while it comes back; told to stop, it stays away."""
    notes = tmp_path / "started"
    runner = start(notes, 600)
    try:
        wait_until(lambda: len(started(notes)) == 1, what="it runs")
        time.sleep(10.5)  # it was no failure to start
        os.kill(started(notes)[0], signal.SIGKILL)
        wait_until(lambda: len(started(notes)) == 2, what="it runs again")
        time.sleep(0.5)
        runner.terminate()
        assert runner.wait(20) == 0
        assert len(started(notes)) == 2
    finally:
        runner.kill()


def test_what_cannot_start_ends_for_good(tmp_path: Path) -> None:
    """With its own exit status, so that whoever started it is told."""
    runner = start(tmp_path / "started", 0.1)
    assert runner.wait(20) == 3
    assert len(started(tmp_path / "started")) == 1


@pytest.mark.parametrize("name", ["web", "worker", "trainer", "scheduler", "redis", "monitor"])
def test_every_process_of_the_procfile_is_restarted(name: str) -> None:
    """One that was forgotten would end all others with it."""
    assert procfile.lines()[name].startswith("exec python -m local_stack.restart ")
