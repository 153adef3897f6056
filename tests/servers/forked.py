"""Programs that the fork server starts, as far as the tests use them: see `fork_server`."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Final

from tests.repository import REPOSITORY
from tests.servers.environment import bare_environment
from tests.servers.watcher import end_with_the_run, remove_with_the_run

# What a program reads before its first line of code cannot be given to one that is forked.
READ_AT_START: Final = ("LD_PRELOAD", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# Set where the sitecustomize.py of PYTHONPATH may also run after the libraries are loaded.
AFTER_LIBRARIES: Final = "SITECUSTOMIZE_AFTER_LIBRARIES"
LOADED_SECONDS: Final = 120
_VARIABLE: Final = "FORK_SERVER"


def can_be_forked(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether this is a Python program that depends on nothing read at its start."""
    if any(name in environment for name in READ_AT_START):
        return False
    if "PYTHONPATH" in environment and AFTER_LIBRARIES not in environment:
        return False
    return Path(command[0]).parent == Path(sys.executable).parent


class Forked:
    """A program that runs, in a session of its own; the interface is that of `Popen`."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        output: IO[bytes],
        errors: IO[bytes],
    ) -> None:
        self.returncode: int | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_server())
        request = {"command": command, "environment": environment, "folder": str(REPOSITORY)}
        files = [output.fileno(), errors.fileno()]
        socket.send_fds(self._connection, [json.dumps(request).encode()], files)
        self._answers = self._connection.makefile()
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended; raise `TimeoutExpired` if it does not."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked program", timeout or 0)
        return code

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], seconds)[0]:
            self.returncode = int(self._answers.readline())
            self._answers.close()
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)


@cache
def _server() -> str:
    """Return where the fork server listens, once it does."""
    address = Path(share_one_server())
    began = time.monotonic()
    while not address.exists():
        assert time.monotonic() - began < LOADED_SECONDS, "The fork server does not start."
        time.sleep(0.05)
    return str(address)


def share_one_server() -> str:
    """Begin to start a fork server, for this process and those that it starts; return its address.

    Where there is one already, that of the process that started this one, nothing is done.
    """
    if _VARIABLE not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="sf-"))
        remove_with_the_run(folder)
        os.environ[_VARIABLE] = str(folder / "fork.sock")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.fork_server", os.environ[_VARIABLE]],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, start_new_session=True,
            # One thread: torch decides this when it is loaded.
            env=bare_environment() | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        end_with_the_run(process.pid)
        atexit.register(_end, process)
    return os.environ[_VARIABLE]


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
