"""A program that the fork server runs ends as one that was started plainly."""

import subprocess
import sys

import pytest

from tests.repository import REPOSITORY
from tests.servers.environment import bare_environment
from tests.servers.processes import completed

pytestmark = pytest.mark.integration

LATE = """
import atexit, sys, threading, time
atexit.register(print, "at the exit")
threading.Thread(target=lambda: (time.sleep(0.2), print("a thread"))).start()
print("to the error stream", file=sys.stderr)
print("at once")
"""


@pytest.mark.parametrize(
    "code",
    [
        LATE,
        f"{LATE}\nsys.exit()",
        f"{LATE}\nsys.exit(3)",
        f"{LATE}\nsys.exit('It cannot be done.')",
        "import sys; sys.exit(ValueError('It cannot be done.'))",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    ],
    ids=["at its end", "early", "with a code", "with a sentence", "with an error", "by a signal"],
)
def test_a_forked_program_ends_as_one_started_plainly(code: str) -> None:
    """Threads are waited for, exit functions run, all output is written, and the code is told."""
    command = [sys.executable, "-c", code]
    plain = subprocess.run(
        command, cwd=REPOSITORY, env=bare_environment(), capture_output=True, text=True, check=False
    )
    forked = completed(command, bare_environment())
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        plain.returncode, plain.stdout, plain.stderr,
    )  # fmt: skip


def test_a_forked_program_that_fails_says_so() -> None:
    """An error that nobody caught: a traceback, and 1."""
    failed = completed([sys.executable, "-c", "1 / 0"], bare_environment())
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
