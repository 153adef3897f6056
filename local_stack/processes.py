"""Start the processes of the Procfile under honcho, wait for the page, stop them all again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

REPOSITORY: Final = Path(__file__).resolve().parent.parent
# honcho itself kills after five seconds what does not stop by itself.
STOP_SECONDS: Final = 20


class OneMachineError(Exception):
    """The system cannot run on this machine; the message says why and what to do."""


class PortTakenError(OneMachineError):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is in use by another program. Stop that one, or choose another port: "
            f"`make run PORT={port + 1}`."
        )


class StoppedError(OneMachineError):
    """The processes ended before they were asked to."""


def check_port(host: str, port: int) -> None:
    """Raise PortTakenError if nothing new can listen on ``host:port``."""
    with socket.socket() as probe:
        # As gunicorn does, so that connections of a server that just stopped do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(port) from error


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(*, log: Path | None) -> Iterator[subprocess.Popen[str]]:
    """Run the Procfile's processes while the block lasts; none is left over after it.

    Args:
        log: the file that their output goes to; None shows it on the terminal.
    """
    output = None if log is None else log.open("w", encoding="utf-8")
    binaries = Path(sys.executable).parent
    honcho = subprocess.Popen(  # noqa: S603  # our own runner and Procfile
        # Settings read .env by themselves; honcho would let it win over the environment.
        [binaries / "honcho", "--env", os.devnull, "start"],
        cwd=REPOSITORY,
        env=os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        text=True,
        # Ctrl-C reaches us alone; we then stop honcho, and honcho stops its processes.
        start_new_session=True,
    )
    try:
        yield honcho
    finally:
        _stop(honcho)
        if output is not None:
            output.close()


def _stop(honcho: subprocess.Popen[str]) -> None:
    # A second Ctrl-C must not leave processes behind half-way.
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        honcho.terminate()
        honcho.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        honcho.kill()
        honcho.wait()
    finally:
        signal.signal(signal.SIGINT, previous)


def wait_for_page(url: str, honcho: subprocess.Popen[str], *, seconds: float) -> None:
    """Return once ``url`` answers with success.

    Raises:
        StoppedError: if the processes end, or the page does not answer in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        check_running(honcho)
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            pass  # Not listening yet.
        time.sleep(0.1)
    raise StoppedError(f"{url} did not answer within {seconds:.0f} seconds.")


def check_running(honcho: subprocess.Popen[str]) -> None:
    """Raise StoppedError if the processes, which are starting, have ended."""
    if honcho.poll() is not None:
        raise StoppedError(
            "The system stopped while it started; the lines above, or the log, say why."
        )
