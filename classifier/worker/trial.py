"""Decodes a suspect photo in a process of its own, which may crash, hang or fill its memory.

A photo whose batch never came back may have killed its worker. It is decoded here first, with
limits on time and memory, so that a second crash costs neither the worker nor other photos a thing.
"""

import signal
import subprocess
import sys
from typing import Final

from classifier.tagging.results import Postponed, Unreadable

DECODE_SECONDS: Final = 30
# Over what Python and Pillow need themselves.
MEMORY_BYTES: Final = 1024 * 2**20
# These come again with the same file; a process is killed for other reasons too.
_CRASHES: Final = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT)


def decode_apart(data: bytes) -> Unreadable | Postponed | None:
    """Return what is wrong with a photo's bytes; None if they can be decoded without harm.

    What a decoder says of a damaged file is left to the decoding that follows.
    """
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", "classifier.photos.decode_once", str(MEMORY_BYTES)],
            input=data, capture_output=True, timeout=DECODE_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Unreadable(f"Decoding the photo takes longer than {DECODE_SECONDS} seconds.")
    if done.returncode >= 0:
        return None
    name = signal.Signals(-done.returncode).name
    if -done.returncode in _CRASHES:
        return Unreadable(f"The file crashes the decoder ({name}).")
    return Postponed(f"Decoding the photo was ended by {name}.")
