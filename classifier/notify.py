"""Messages that tell workers to look at the database.

A lost message loses nothing: the sweep sends another.
"""

import logging
from typing import Final

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

CLASSIFY_TASK: Final = "classifier.tasks.classify_photos"
CLASSIFY_QUEUE: Final = "classification"
RECLASSIFY_TASK: Final = "classifier.tasks.reclassify_photos"
RECLASSIFY_QUEUE: Final = "reclassification"
# The workshop's task: the product knows its name and never imports it.
RETRAIN_TASK: Final = "training.tasks.retrain"
TRAINING_QUEUE: Final = "training"


def notify_workers() -> bool:
    """Ask some worker to classify what is pending; return whether the broker took the message."""
    return send(CLASSIFY_TASK, unheard="pending photos wait for the next sweep")


def notify_reclassifiers() -> bool:
    """Ask some worker to tag photos again when no fresh ones wait."""
    unheard = "photos to be tagged again wait for the next sweep"
    return send(RECLASSIFY_TASK, unheard=unheard, queue=RECLASSIFY_QUEUE)


def send(task: str, *args: int, unheard: str, queue: str = CLASSIFY_QUEUE) -> bool:
    """Send one message, to a worker with a model unless said otherwise.

    Returns whether the broker took it.

    Args:
        task: its name, so that the web process never imports what the task needs.
        args: what the task is called with.
        unheard: what it means when there is no broker, for the log.
        queue: whose processes are meant.
    """
    try:
        current_app.send_task(task, args=args, retry=False, queue=queue)
    except OperationalError as error:
        logger.warning("No broker (%s); %s.", error, unheard)
        return False
    return True
