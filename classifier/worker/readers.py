"""Threads that read and decode photos, with a deadline: one that hangs holds up nobody else."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from django.conf import settings

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")


class Readers:
    """A pool of threads.

    Args:
        threads: how many.
        name: what each is called.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
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
