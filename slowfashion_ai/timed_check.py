"""A check with a deadline: whoever asks gets an answer, though what is asked hangs."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class TimedCheck(Generic[T]):
    """Runs a function in a thread of its own, one call at a time.

    Args:
        check: what is asked. It must close what it opens for its thread.
        seconds: how long a caller waits for the answer.
    """

    def __init__(self, check: Callable[[], T], *, seconds: float) -> None:
        self._check = check
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: Future[T] | None = None

    def __call__(self) -> T:
        """Return what the check returns, or raise what it raises.

        While an earlier call hangs, callers wait for that one, so that no more threads hang.

        Raises:
            TimeoutError: if there is no answer in time.
        """
        with self._lock:
            if self._running is None or self._running.done():
                self._running = self._start()
            running = self._running
        return running.result(self._seconds)

    def _start(self) -> "Future[T]":
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(self._check())
            except BaseException as error:  # noqa: BLE001  # raised again where it is asked for
                future.set_exception(error)

        threading.Thread(target=run, name="timed-check", daemon=True).start()
        return future
