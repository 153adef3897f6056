"""Messages that tell workers to look at the database.

A lost message loses nothing: the sweep sends another.
"""

import logging
import threading
import time
from typing import Any, Final

from celery import current_app
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers

logger = logging.getLogger(__name__)

# How long the broker may take for a message, and how long one that takes longer is left alone.
ANSWER_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 15.0
# Uploads of a process within this time share a message.
TOGETHER_SECONDS: Final = 0.1

CLASSIFY_TASK: Final = "classifier.tasks.classify_photos"
RECLASSIFY_TASK: Final = "classifier.tasks.reclassify_photos"
SHADOW_TASK: Final = "classifier.tasks.shadow_photos"
# Tasks of training: the product knows their names and never imports them.
RETRAIN_TASK: Final = "training.tasks.retrain"
JOB_TASK: Final = "training.tasks.do_job"


def notify_workers() -> bool:
    """Ask some worker to classify what is pending; return whether the broker took the message."""
    return send(CLASSIFY_TASK, unheard="pending photos wait for the next sweep")


class _Uploads:
    """Sends one message for all uploads of `TOGETHER_SECONDS`: more would tell workers nothing new.

    The first is told of at once, the others at the end of that time, so that none is left out.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent_at = -TOGETHER_SECONDS
        self._is_due = False

    def notify(self) -> None:
        with self._lock:
            if self._is_due:
                return
            left = self._sent_at + TOGETHER_SECONDS - time.monotonic()
            self._is_due = left > 0
        if left <= 0:
            self._send()
            return
        timer = threading.Timer(left, self._send_late)
        timer.daemon = True
        timer.start()

    def _send_late(self) -> None:
        # Before it is sent: an upload that is stored from now on needs a message of its own.
        with self._lock:
            self._is_due = False
        self._send()

    def _send(self) -> None:
        if notify_workers():
            self._sent_at = time.monotonic()


_uploads = _Uploads()


def notify_of_upload() -> None:
    """Ask some worker to classify what was uploaded; call it after the commit."""
    _uploads.notify()


def notify_reclassifiers() -> bool:
    """Ask some worker to tag photos again when no fresh ones wait."""
    unheard = "photos to be tagged again wait for the next sweep"
    return send(RECLASSIFY_TASK, unheard=unheard)


def notify_shadow() -> bool:
    """Ask some worker to let the candidate tag photos when no fresh ones wait."""
    return send(SHADOW_TASK, unheard="photos for the shadow wait for the next sweep")


def send(task: str, *args: int | str, unheard: str) -> bool:
    """Send one message to the queue that the settings name for its task.

    Returns whether the broker took it.

    Args:
        task: its name, so that the web process never imports what the task needs.
        args: what the task is called with.
        unheard: what it means when there is no broker, for the log.
    """
    if broker_state.hangs():
        logger.info("The broker hung a moment ago; %s.", unheard)
        return False
    started = time.monotonic()
    try:
        with _producers().acquire(block=True, timeout=ANSWER_SECONDS) as producer:
            current_app.send_task(task, args=args, retry=False, producer=producer)
    except (OperationalError, LimitExceeded) as error:
        logger.warning("No broker (%s); %s.", error, unheard)
        broker_state.failed_after(time.monotonic() - started)
        return False
    return True


class BrokerState:
    """Remembers for a while that the broker hangs, so that not every upload waits for it.

    A broker that is down refuses at once, and is asked each time.
    """

    def __init__(self) -> None:
        self._hangs_until = 0.0

    def hangs(self) -> bool:
        """Return whether it hung a moment ago."""
        return time.monotonic() < self._hangs_until

    def failed_after(self, seconds: float) -> None:
        """Note that a message was refused after so long."""
        if seconds > ANSWER_SECONDS / 2:
            self._hangs_until = time.monotonic() + PAUSE_SECONDS


broker_state = BrokerState()


def _producers() -> Any:
    """Return a pool of producers that wait less than a worker's own connections do."""
    connection = current_app.connection_for_write()
    connection.transport_options = {
        **connection.transport_options, "socket_timeout": ANSWER_SECONDS,
    }  # fmt: skip
    return producers[connection]
