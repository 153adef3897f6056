"""Rows in which processes say that they are alive and what they do."""

import os
import socket
from collections import deque
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from classifier.models import Heartbeat

# A process writes every few seconds, so one that is silent for longer is dead, or hangs.
FRESH: Final = timedelta(seconds=45)
FORGOTTEN: Final = timedelta(days=1)
WINDOW_SECONDS: Final = 300.0

_started_at = timezone.now()


def name_of(kind: str) -> str:
    """Return the name under which this process writes."""
    return f"{kind}@{socket.gethostname()}:{os.getpid()}"


def write(kind: str, **facts: Any) -> None:
    """Say that this process is alive.

    Args:
        facts: columns of `Heartbeat`.
    """
    now = timezone.now()
    Heartbeat.objects.update_or_create(
        name=name_of(kind),
        defaults={"seen_at": now, **facts},
        create_defaults={"kind": kind, "started_at": _started_at, "seen_at": now, **facts},
    )


def remove(kind: str) -> None:
    """Say that this process ends as it should."""
    Heartbeat.objects.filter(name=name_of(kind)).delete()


def forget_old() -> int:
    """Remove the rows of processes that have been gone for `FORGOTTEN`; return how many."""
    gone = Heartbeat.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN)
    return gone.delete()[0]


def fresh(kind: str) -> QuerySet[Heartbeat]:
    """Return the processes of a kind that were seen within `FRESH`."""
    now = timezone.now()
    # One of the future was written while a clock was ahead, and would look alive until then.
    return Heartbeat.objects.filter(kind=kind, seen_at__range=(now - FRESH, now + FRESH))


def is_fresh(row: Heartbeat, *, now: datetime) -> bool:
    """Return the same of one row."""
    return now - FRESH <= row.seen_at <= now + FRESH


class Throughput:
    """Photos a minute over the last `WINDOW_SECONDS`, from the batches of one process."""

    def __init__(self) -> None:
        self.photos = 0
        self._batches: deque[tuple[float, int]] = deque()

    def add(self, photos: int, *, at: float) -> None:
        """Count a batch; ``at`` is a monotonic time in seconds."""
        self.photos += photos
        self._batches.append((at, photos))

    def a_minute(self, *, at: float) -> float:
        """Return photos a minute."""
        while self._batches and self._batches[0][0] < at - WINDOW_SECONDS:
            self._batches.popleft()
        return 60 * sum(photos for _, photos in self._batches) / WINDOW_SECONDS
