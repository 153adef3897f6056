"""`python -m local_stack run` and `… demo [--once]`: what the Makefile calls."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import OperationalError

import local_stack
from local_stack import processes
from local_stack.api_client import ApiClient, ApiError
from local_stack.demo import run_demo
from local_stack.prepare import prepare, seller_login, worker_is_ready
from local_stack.processes import OneMachineError
from local_stack.samples import read_samples
from slowfashion_ai.environment import env
from slowfashion_ai.terminal import print_any_name

STARTER: Final = processes.REPOSITORY / "bundles" / "starter"
# Two gunicorn processes and a busy machine included.
START_SECONDS: Final = 120
# How long a worker may take to load its model, engines being measured the first time.
WORKER_SECONDS: Final = 60
LOG_LINES_SHOWN: Final = 40


def main() -> int:
    print_any_name()
    options = _parser().parse_args()
    # A shell that starts us in the background has us ignore Ctrl-C; `kill` does the same as it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return demo(once=options.once) if options.command == "demo" else run()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"The settings cannot be used. {error}\n")
        return 1
    except (OneMachineError, ApiError, CommandError, requests.RequestException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        _print("Stopped.")
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_stack", description=local_stack.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything and keep it running")
    again = commands.add_parser("demo", help="start everything and send the sample photos")
    again.add_argument("--once", action="store_true", help="stop when every sample has a result")
    return parser


def run() -> int:
    """Start everything, say where the page is, and stay until something stops."""
    address, passwords = _made_ready()
    began = datetime.now(UTC)
    with processes.running(log=None) as honcho:
        processes.wait_for_page(f"{address}/healthz", honcho, seconds=START_SECONDS)
        # The last lines are those that are wanted; what a worker says of its start comes before.
        until = time.monotonic() + WORKER_SECONDS
        while not worker_is_ready(began) and time.monotonic() < until:
            processes.check_running(honcho)
            time.sleep(0.5)
        _print(f"\n{passwords}\n    SlowFashion AI is at {address}/    Ctrl-C stops it.\n")
        return honcho.wait()


def demo(*, once: bool) -> int:
    """Start everything and send the samples; then stay, or with ``once`` stop.

    With ``once`` all happens in a folder and on a port of its own, and the exit code is 0 only if
    every sample got a result. Without, the listings are there to be looked at in the browser.
    """
    samples = read_samples()
    with tempfile.TemporaryDirectory(prefix="slowfashion-") if once else nullcontext() as folder:
        if folder:
            # Before anybody reads the settings: here, and in the processes.
            os.environ |= {"VAR_DIR": folder, "PORT": str(processes.free_port())}
        address, passwords = _made_ready()
        log = settings.VAR_DIR / "demo.log"
        with _log_shown_on_failure(log), processes.running(log=log) as honcho:
            processes.wait_for_page(f"{address}/healthz", honcho, seconds=START_SECONDS)
            summary = run_demo(ApiClient.signed_in(address, *seller_login()), samples)
            if not summary.complete:
                raise OneMachineError("Not every sample got a result.")
            if once:
                return 0
            _print(f"\n{passwords}\n    Ctrl-C stops it. Log: {log}")
            _print(f"    See the listings at {address}/\n")
            return honcho.wait()


def _made_ready() -> tuple[str, str]:
    """Prepare this machine; return the page's address and the table of the users' passwords."""
    port = env.int("PORT", default=8000)
    host = env.str("BIND_ADDRESS", default="127.0.0.1")
    processes.check_port(host, port)
    try:
        passwords = prepare(STARTER)
    except (OSError, OperationalError) as error:
        raise OneMachineError(
            f"The database and folders of this system cannot be made ({error}). "
            f"{settings.VAR_DIR} must be a folder that can be written to, on a disk with free "
            "space: make room there, or set VAR_DIR to another folder."
        ) from error
    shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  # compared only
    return f"http://{shown}:{port}", passwords


@contextmanager
def _log_shown_on_failure(log: Path) -> Iterator[None]:
    try:
        yield
    except (OneMachineError, ApiError, requests.RequestException):
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        sys.stderr.write("\n".join(["The processes wrote last:", *last, ""]))
        raise


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
