"""How a command behaves at a terminal: it prints any file name, and ends when it is told to.

Ctrl-C ends a command within a second, although a pass through the network or the reading of photos
would go on for longer. Nothing is lost by it: results are written atomically, or row by row.
"""

import io
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Final

# What a shell makes of a program that a signal ended: 128 and the signal's number.
INTERRUPTED: Final = 128 + signal.SIGINT
PIPE_CLOSED: Final = 128 + signal.SIGPIPE
STOPPED: Final = "\nStopped. What was finished is kept.\n"
END_SECONDS: Final = 0.6  # after Ctrl-C, before the process ends all the same
FLUSH_SECONDS: Final = 0.2
# Django's commands that go on after Ctrl-C, or end their own processes first.
_OWN_WAY: Final = frozenset({"shell", "dbshell", "runserver", "test"})


def run_command(command: Callable[[], None], arguments: Sequence[str]) -> None:
    """Run a command of `manage.py`; ``arguments`` are those of the command line."""
    print_any_name()
    interrupted = threading.Event()
    if not _OWN_WAY.intersection(arguments[1:2]):
        _interrupt_at_ctrl_c(interrupted)
        _end_soon_after_ctrl_c()
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has enough, as `head` has
        _leave(PIPE_CLOSED)
    except BaseException as error:
        # After Ctrl-C any error is the interruption: some libraries raise one of their own instead.
        if interrupted.is_set() or isinstance(error, KeyboardInterrupt):
            _leave(INTERRUPTED, STOPPED)
        raise


def print_any_name() -> None:
    """Escape what cannot be printed: bytes that are no UTF-8, signs that an encoding lacks."""
    if (
        sys.stdout is None
    ):  # closed by whoever started this; the next opened file would take its place
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _interrupt_at_ctrl_c(interrupted: threading.Event) -> None:
    """Have Ctrl-C raise `KeyboardInterrupt`, or end the process at once where that is not safe.

    A compiled library that is being loaded makes an ImportError of it, or aborts the process.
    """

    def interrupt(_: int, frame: FrameType | None) -> None:
        interrupted.set()
        if _is_importing(frame):
            _leave(INTERRUPTED, STOPPED)
        raise KeyboardInterrupt

    # Where Ctrl-C is ignored, as in the background of a shell, it stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") == "importlib._bootstrap":
            return True
        frame = frame.f_back
    return False


def _end_soon_after_ctrl_c() -> None:
    """Start a thread that ends the process if Ctrl-C does not do so by itself.

    Python tells the main thread of a signal between two of its steps, and one step may be seconds
    of computing; the wake-up socket is written to at once.
    """
    told, tells = socket.socketpair()
    tells.setblocking(False)
    signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)

    def wait() -> None:
        while received := told.recv(1):
            if received[0] == signal.SIGINT:
                time.sleep(END_SECONDS)
                _leave(INTERRUPTED, STOPPED)
        tells.close()

    threading.Thread(target=wait, name="end-after-ctrl-c", daemon=True).start()


def _leave(code: int, words: str = "") -> None:
    """End the process at once; what was printed so far gets out, if anybody reads it."""
    flushing = threading.Thread(target=_flush, daemon=True)
    flushing.start()
    flushing.join(FLUSH_SECONDS)
    if words and sys.stderr is not None:
        os.write(2, words.encode())
    os._exit(code)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        return  # nobody reads it any more
