"""Decodes suspect photos in a process of its own, which may crash, hang or fill its memory.

A photo whose batch never came back may have killed its worker. It is decoded here first, with
limits on time and memory, so that a second crash costs neither the worker nor other photos a thing.
"""

import atexit
import contextlib
import select
import signal
import subprocess
import sys
import threading
from typing import Final

from classifier.photos.decode_apart import LENGTH
from classifier.tagging.results import Postponed, Unreadable

DECODE_SECONDS: Final = 30
# Over what Python and Pillow need themselves.
MEMORY_BYTES: Final = 1024 * 2**20
# These come again with the same file; a process is killed for other reasons too.
_CRASHES: Final = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT)


class TrialProcess:
    """A process that decodes one photo after the other; a new one follows one that died.

    It is kept: after a worker was killed dozens of photos are suspects, and on a busy machine
    starting a process takes longer than decoding them all. It ends with the worker, whose end of
    its pipe is closed then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def decode(self, data: bytes) -> Unreadable | Postponed | None:
        """Return what is wrong with a photo's bytes; None if they can be decoded without harm.

        What a decoder says of a damaged file is left to the decoding that follows.
        """
        with self._lock:
            process = self._running()
            try:
                answered = _ask(process, data)
            except TimeoutError:
                self._end(process)
                return Unreadable(f"Decoding the photo takes longer than {DECODE_SECONDS} seconds.")
            return None if answered else _verdict(self._end(process))

    def close(self) -> None:
        """End the process, if there is one; the next photo starts another."""
        with self._lock:
            if self.process is not None:
                self.process.kill()
                self._end(self.process)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self.process is not None and self.process.poll() is not None:
            self._end(self.process)  # It was killed between two photos: its pipes are still ours.
        if self.process is None:
            self.process = subprocess.Popen(  # noqa: S603  # our own module
                [sys.executable, "-m", "classifier.photos.decode_apart", str(MEMORY_BYTES)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return self.process

    def _end(self, process: "subprocess.Popen[bytes]") -> int:
        """Return how a process ended, of itself if it is dying, else by our hand."""
        self.process = None
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
        for pipe in (process.stdin, process.stdout):
            # A process that died did not read all: closing sends what the buffer still holds.
            with contextlib.suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()
        return process.wait()


def _ask(process: "subprocess.Popen[bytes]", data: bytes) -> bool:
    """Return whether a process dealt with a photo; it died of it if not.

    Raises:
        TimeoutError: if it takes longer than `DECODE_SECONDS`.
    """
    assert process.stdin  # noqa: S101  # for mypy: `Popen` was given PIPE
    assert process.stdout  # noqa: S101  # likewise
    try:
        process.stdin.write(LENGTH.pack(len(data)) + data)
        process.stdin.flush()
    except BrokenPipeError:
        return False
    ready, _, _ = select.select([process.stdout], [], [], DECODE_SECONDS)
    if not ready:
        raise TimeoutError
    return bool(process.stdout.read(1))


def _verdict(returncode: int) -> Unreadable | Postponed | None:
    if returncode >= 0:
        return None
    name = signal.Signals(-returncode).name
    if -returncode in _CRASHES:
        return Unreadable(f"The file crashes the decoder ({name}).")
    return Postponed(f"Decoding the photo was ended by {name}.")


trial_process: Final = TrialProcess()
atexit.register(trial_process.close)
