"""Celery's scheduler under a lease: a second one waits until the first is gone."""

import logging
import time
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from celery.beat import PersistentScheduler
from django.db import Error as DatabaseError
from django.db import connection

from classifier.models import Heartbeat
from classifier.operations import heartbeat, lease

logger = logging.getLogger(__name__)

NAME: Final = "scheduler"
LASTS: Final = timedelta(seconds=30)
RENEW_SECONDS: Final = 10.0
WAIT_SECONDS: Final = 5.0


class LeasedScheduler(PersistentScheduler):
    """Sends what is due only while it holds the lease, and says that it is alive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._owner = uuid4()
        self._renew_at = 0.0
        self._waits = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return after how many seconds to look again."""
        if time.monotonic() >= self._renew_at and not self._renewed():
            return WAIT_SECONDS
        return min(float(super().tick(*args, **kwargs)), RENEW_SECONDS)

    def _renewed(self) -> bool:
        try:
            held = lease.take(NAME, self._owner, lasts=LASTS)
            heartbeat.write(Heartbeat.Kind.SCHEDULER)
        except DatabaseError as error:
            logger.warning("The scheduler waits for the database. %s", error)
            connection.close()
            return False
        if held:
            self._renew_at = time.monotonic() + RENEW_SECONDS
        if self._waits is held:
            logger.info("The scheduler %s.", "begins" if held else "waits: another one is at work")
        self._waits = not held
        return held

    def close(self) -> None:
        """Let the next one begin at once."""
        try:
            lease.let_go(NAME, self._owner)
        except DatabaseError as error:
            logger.warning("The scheduler's lease was not given back. %s", error)
        super().close()
