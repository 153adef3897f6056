"""One deadline for all that a request does; what is begun after it is not begun.

A request that waits for one thing after the other, each within its own limit, would hold a thread
for minutes. Outside a request there is no deadline.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


class DeadlineError(Exception):
    """The request took longer than it may; nothing of it is kept, and it may be sent again."""


@dataclass(slots=True)
class _Deadline:
    seconds: float
    until: float


_deadline: Final[ContextVar[_Deadline | None]] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give the block so many seconds."""
    token = _deadline.set(_Deadline(seconds, time.monotonic() + seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


@contextmanager
def without() -> Iterator[None]:
    """Let the block take its time: for what puts things right after a deadline passed."""
    token = _deadline.set(None)
    try:
        yield
    finally:
        _deadline.reset(token)


def restart() -> None:
    """Count from now on: a body has come in, however slowly its sender sent it."""
    if (deadline := _deadline.get()) is not None:
        deadline.until = time.monotonic() + deadline.seconds


def time_left() -> float | None:
    """Return the seconds until the deadline, 0 at least; None if there is none."""
    deadline = _deadline.get()
    return None if deadline is None else max(deadline.until - time.monotonic(), 0.0)


def check() -> None:
    """Do nothing while there is time.

    Raises:
        DeadlineError: if the deadline has passed.
    """
    if time_left() == 0:
        raise DeadlineError("The request took longer than REQUEST_SECONDS.")
