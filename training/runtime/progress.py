"""Progress of long work: a bar on a terminal, a plain line now and then in a log."""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Final, Self

from tqdm import tqdm

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES: Final = 30.0
SECONDS_BETWEEN_CALLS: Final = 1.0
SECONDS_BEFORE_AN_ESTIMATE: Final = 3.0

# Told the title of the work, how many are done, how many there are, and the seconds left if known.
Listener = Callable[[str, int, int, float | None], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` of all progress made inside: of each work at most once a second.

    Every `Progress` opened inside tells it when it begins and as it goes on.
    What the listener raises stops the work. It belongs to the thread that called this.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def time_left(seconds: float | None) -> str:
    """Return the time left as a clause, such as ``, 4 min left``; empty where it is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return ", less than a minute left"
    return f", {round(seconds / 60):,} min left"


def is_main_process() -> bool:
    """Whether this process is the one that writes and speaks; the launcher numbers them."""
    return os.environ.get("RANK", "0") == "0"


class Progress:
    """Counts photos of ``total`` done; use it as a context manager.

    Of several processes that train together, the first alone draws a bar. What was ``done``
    before, by work that was stopped, counts for how far it is and not for how fast.
    """

    def __init__(self, title: str, total: int, done: int = 0) -> None:
        self._title, self._total, self._done, self._before = title, total, done, done
        self._started = self._spoken = time.monotonic()
        self._listener, self._last_call = _listener.get(), float("-inf")
        self._shown: dict[str, str] = {}
        self._terminal = sys.stderr.isatty() and is_main_process()
        self._bar = tqdm(
            total=total,
            initial=done,
            desc=title,
            unit=" photos",
            disable=not self._terminal,
            dynamic_ncols=True,
        )

    def __enter__(self) -> Self:
        self._call_listener()
        return self

    def advance(self, count: int, **shown: str) -> None:
        """Say that ``count`` more are done, with figures to show beside the bar."""
        self._done += count
        self._bar.update(count)
        self._call_listener()
        if shown:
            self._shown = shown
            self._bar.set_postfix(shown)
        now = time.monotonic()
        if not self._terminal and now - self._spoken > SECONDS_BETWEEN_LINES:
            self._spoken = now
            rate = (self._done - self._before) / (now - self._started)
            extra = "".join(f", {name} {value}" for name, value in self._shown.items())
            logger.info(
                "%s: %d of %d, %.1f a second%s%s.",
                self._title,
                self._done,
                self._total,
                rate,
                time_left(self._seconds_left(now)),
                extra,
            )

    def _seconds_left(self, now: float) -> float | None:
        """Return how long it will take at the speed so far; None while that cannot be said."""
        done = self._done - self._before
        if done <= 0 or now - self._started < SECONDS_BEFORE_AN_ESTIMATE:
            return None
        return (self._total - self._done) * (now - self._started) / done

    def _call_listener(self) -> None:
        now = time.monotonic()
        due = now - self._last_call >= SECONDS_BETWEEN_CALLS
        if self._listener and due:
            self._last_call = now
            self._listener(self._title, self._done, self._total, self._seconds_left(now))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
