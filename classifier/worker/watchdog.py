"""Sees from outside whether a worker's batches go on, renews their leases, and ends what hangs.

Threads that hang in a read, a decoder or a driver cannot be ended; their process can, and its
supervisor starts another. Claims return when their lease ends, as after any death.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

from classifier.models import ListingPhoto
from classifier.tagging import queue

logger = logging.getLogger(__name__)

# How a worker ends that cannot go on: EX_SOFTWARE of sysexits.h.
EXIT_HANGS: Final = 70
# How often in the time of a lease it is renewed.
RENEWALS: Final = 4
CHECK_SECONDS: Final = 1.0


@dataclass(eq=False, slots=True)
class _Batch:
    claimed: Sequence[ListingPhoto]
    began: float
    renewed: float


class Watchdog:
    """Watches the batches of this process in a thread of its own, from the first one on."""

    def __init__(self) -> None:
        self._batches: list[_Batch] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, claimed: Sequence[ListingPhoto] = ()) -> Iterator[None]:
        """Watch a batch while the block lasts.

        Args:
            claimed: photos whose lease is renewed meanwhile.
        """
        now = time.monotonic()
        batch = _Batch(claimed, began=now, renewed=now)
        with self._lock:
            self._batches.append(batch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._batches.remove(batch)

    def _watch(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            with self._lock:
                batches = list(self._batches)
            for batch in batches:
                self._check(batch)

    def _check(self, batch: _Batch) -> None:
        now = time.monotonic()
        if now - batch.began > settings.BATCH_SECONDS:
            end_now(f"A batch takes longer than {settings.BATCH_SECONDS} seconds.", EXIT_HANGS)
        if (
            not batch.claimed
            or now - batch.renewed < settings.CLAIM_LEASE.total_seconds() / RENEWALS
        ):
            return
        try:
            queue.renew(batch.claimed)
            batch.renewed = now
        except DatabaseError as error:
            logger.warning("A lease could not be renewed; tried again soon. %s", error)
        finally:
            connection.close()


@contextmanager
def needed_programs() -> Iterator[None]:
    """End this process if the block cannot import what it needs, whatever the reason is.

    On a full temporary disk, for instance, torch is imported half, and cannot be imported again.
    Celery would go on with a process that answers every ping and never does its work.
    """
    try:
        yield
    except Exception as error:
        end_now(f"The model's programs could not be loaded: {error!r}", EXIT_HANGS)
        raise


def end_now(why: str, code: int) -> None:
    """End this process, whatever its threads do."""
    logger.critical("%s This worker ends at once; what it held returns with its lease.", why)
    os._exit(code)


watchdog: Final = Watchdog()
