"""Threads that read and decode photos, with a deadline: one that hangs holds up nobody else.

Whenever one of many such threads had something to do, it would interrupt a pass of the network on
its core, which then finds its caches full of other things. So they wait until a core is free or its
turn is over (SCHED_BATCH), and no more of them decode at once than there are cores, and one.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from django.conf import settings

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

logger = logging.getLogger(__name__)

DECODING_AT_ONCE: Final = (os.cpu_count() or 1) + 1
# Longer than any turn takes but those that hang, and they must not hold up the others.
PATIENCE_SECONDS: Final = 1.0
_turns: Final = threading.BoundedSemaphore(DECODING_AT_ONCE)


@contextmanager
def turn_to_decode() -> Iterator[None]:
    """Wait until fewer than `DECODING_AT_ONCE` decode, or for `PATIENCE_SECONDS`."""
    in_turn = _turns.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if in_turn:
            _turns.release()


def _interrupt_nobody() -> None:
    """Let this thread wait for a free core instead of taking one from a thread that computes."""
    # Linux alone has it.
    if not hasattr(os, "SCHED_BATCH"):
        return
    try:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    # A container's sandbox may refuse. An error here would be the end of the pool.
    except OSError as error:
        logger.warning("Reading photos may slow the network down: no SCHED_BATCH (%s).", error)


class Readers:
    """A pool of threads.

    Args:
        threads: how many.
        name: what each is called.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix=name, initializer=_interrupt_nobody
        )
        self._overdue: list[Future[Any]] = []

    def begin(self, read: Callable[[T], R], items: Sequence[T]) -> list[Future[R]]:
        """Begin to read; `finish` returns what comes of it.

        Args:
            read: is called in a thread.
            items: what it is given, one each.
        """
        return [self._pool.submit(read, item) for item in items]

    def finish(self, futures: Sequence[Future[R]], *, otherwise: S) -> list[R | S]:
        """Wait for what was begun; return what ``read`` returned for each item, in order.

        Args:
            futures: from `begin`.
            otherwise: stands for what takes longer than ``settings.READ_SECONDS`` from now.
        """
        unfinished = wait(futures, timeout=settings.READ_SECONDS).not_done
        # What has not begun begins no more; a thread that hangs cannot be ended.
        self._overdue = [
            future for future in (*self._overdue, *unfinished)
            if not future.cancel() and not future.done()
        ]  # fmt: skip
        return [otherwise if future in unfinished else future.result() for future in futures]

    @property
    def are_stuck(self) -> bool:
        """Whether half of the threads or more hang, so that the process is of little use."""
        hanging = [future for future in self._overdue if not future.done()]
        return 2 * len(hanging) >= self._threads
