"""Threads of a worker that do not depend on the broker: one says it is alive, one looks for work.

A broker connection may be deaf: the worker answers pings and is given no message. So each worker
looks at the database for itself every few seconds, and its heartbeat says what it really does.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone

from classifier.operations import heartbeat

logger = logging.getLogger(__name__)

BEAT_SECONDS: Final = 5.0
POLL_SECONDS: Final = 5.0


class Beat:
    """What this process says of itself.

    Args:
        kind: one of `Heartbeat.Kind`.
        facts: returns columns of `Heartbeat` that only the worker knows.
    """

    def __init__(self, kind: str, facts: Callable[[], dict[str, Any]]) -> None:
        self._kind = kind
        self._facts = facts

    def write_for_ever(self, stopping: threading.Event) -> None:
        """Write the row every `BEAT_SECONDS` until the process is to stop, then remove it."""
        while True:
            self._try(lambda: heartbeat.write(self._kind, **self._facts()))
            if stopping.wait(BEAT_SECONDS):
                break
        self._try(lambda: heartbeat.remove(self._kind))

    def _try(self, write: Callable[[], Any]) -> None:
        try:
            close_old_connections()
            write()
        except DatabaseError as error:
            logger.warning("The heartbeat could not be written. %s", error)
            connection.close()


class Batches:
    """What the loops of this process have dealt with."""

    def __init__(self) -> None:
        self._throughput = heartbeat.Throughput()
        self._lock = threading.Lock()
        self._last_at: Any = None

    def count(self, photos: int) -> None:
        """Count a batch that was stored."""
        with self._lock:
            self._throughput.add(photos, at=time.monotonic())
            self._last_at = timezone.now()

    def facts(self) -> dict[str, Any]:
        """Return the columns of `Heartbeat` that say so."""
        with self._lock:
            return {
                "photos": self._throughput.photos,
                "photos_a_minute": self._throughput.a_minute(at=time.monotonic()),
                "last_batch_at": self._last_at,
            }


batches: Final = Batches()


def poll_for_ever(stopping: threading.Event, work: Callable[[], Any]) -> None:
    """Do what waits in the database every `POLL_SECONDS`, whether or not a message came."""
    while not stopping.wait(POLL_SECONDS):
        try:
            close_old_connections()
            work()
        except DatabaseError as error:
            logger.warning("The database could not be asked for work. %s", error)
            connection.close()
        # One that ended the thread would leave the worker to its broker.
        except Exception:
            logger.exception("Looking for work failed; tried again in %.0f s.", POLL_SECONDS)


def start(target: Callable[..., None], name: str, *arguments: Any) -> None:
    """Start a thread that ends with the process."""
    threading.Thread(target=target, args=arguments, name=name, daemon=True).start()
