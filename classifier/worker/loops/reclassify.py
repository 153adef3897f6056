"""A worker's loop that tags photos again, whenever no fresh one waits.

It stands back for pending photos before every batch, and its batches are small: a fresh photo
waits for one of them at most. It reads with its own two threads, so that it never queues in front
of those that read fresh photos.
"""

import logging
import threading
from typing import Final

from classifier.ml.manifest import BundleError
from classifier.tagging import queue, reclassification
from classifier.versions import registry
from classifier.worker import live_model
from classifier.worker.loops import tag
from classifier.worker.predict import DeviceFailedError, begin_reading, results_of
from classifier.worker.readers import Readers
from classifier.worker.watchdog import watchdog

logger = logging.getLogger(__name__)

SMALL_BATCH: Final = 8
# How long it stands back before it looks whether fresh photos still wait.
STAND_BACK_SECONDS: Final = 0.2
_at_work = threading.Lock()
readers = Readers(2, "read-again")


def work() -> int:
    """Tag again until nothing is left; return how many photos got a new tag from this call.

    Returns at once when this process is at it already.
    """
    if not _at_work.acquire(blocking=False):
        return 0
    try:
        return _work()
    except (BundleError, registry.RegistryError) as error:
        logger.error("Photos wait to be tagged again, but there is no usable model. %s", error)
        return 0
    finally:
        _at_work.release()


def _work() -> int:
    stored = 0
    while not tag.is_stopping():
        if queue.claimable().exists():
            tag.is_stopping(within=STAND_BACK_SECONDS)
            continue
        live = live_model.current()
        batch = reclassification.take(version=live.version, limit=SMALL_BATCH)
        if batch is None:
            break
        try:
            with watchdog.watching():
                results = results_of(begin_reading(batch.photos, live.predictor, readers))
                stored += reclassification.store(batch, results, version=live.version)
        except DeviceFailedError as error:
            # They keep their tags; the next pass meets them again.
            tag.leave(error)
            break
        if readers.are_stuck:
            tag.leave("Half of the threads that read photos hang.")
    return stored
