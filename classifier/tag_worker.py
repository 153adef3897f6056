"""A worker's loop: claim what is pending, read it in parallel, predict in one pass, store.

Two loops run at most in one process, so that one reads while the other has the device. While both
are busy pending photos pile up, and the next claim is larger: batches grow under load, and an idle
system answers at once.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from celery.signals import worker_shutting_down
from django.conf import settings
from torch import Tensor

from classifier import live_model, registry, tagging
from classifier.decision import decide
from classifier.live_model import LiveModel
from classifier.ml.manifest import BundleError
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.models import ListingPhoto
from classifier.tagging import Postponed, Result, Tagged, Unreadable

logger = logging.getLogger(__name__)

LOOPS: Final = 2
READERS: Final = 8
_stopping = threading.Event()
_loop_slots = threading.BoundedSemaphore(LOOPS)
_readers = ThreadPoolExecutor(READERS, thread_name_prefix="read-photo")


def get_ready() -> None:
    """Load the champion before the first photo arrives, or log what is wrong with it."""
    try:
        live_model.current()
    except (BundleError, registry.RegistryError) as error:
        logger.error("There is no usable model. %s", error)


@worker_shutting_down.connect
def stop_soon(**_: object) -> None:
    """Let the loops end after the batch they hold: a backlog must not delay a worker's stop."""
    _stopping.set()


def drain() -> int:
    """Classify until nothing is pending; return how many photos this call dealt with.

    Returns at once when enough loops run here already: they look again after they let go of their
    slot, so the photo that rang for this call is seen.
    """
    dealt_with = 0
    while (
        not _stopping.is_set()
        and tagging.claimable().exists()
        and _loop_slots.acquire(blocking=False)
    ):
        try:
            while not _stopping.is_set() and (done := classify_next_batch()):
                dealt_with += done
        except (BundleError, registry.RegistryError) as error:
            # Nothing was claimed: photos stay pending until an operator has put it right.
            logger.error("Photos are waiting, but there is no usable model. %s", error)
            break
        finally:
            _loop_slots.release()
    return dealt_with


def classify_next_batch() -> int:
    """Claim, classify and store one batch; return its size, 0 when nothing was pending.

    Raises:
        RegistryError, BundleError: if there is no usable model; nothing is claimed then.
    """
    live = live_model.current()
    # More than the device takes at once would only wait in our hands, and be lost with us.
    limit = min(settings.CLASSIFY_BATCH_SIZE, live.predictor.largest_pass)
    photos = tagging.claim_photos(limit=limit)
    if not photos:
        return 0
    results = _classify(photos, live)
    stored = tagging.store_results(photos=photos, results=results, version=live.version)
    logger.info("Stored results of %d of %d photos, by %s.", stored, len(photos), live.version)
    return len(photos)


def _classify(photos: Sequence[ListingPhoto], live: LiveModel) -> list[Result]:
    read = list(_readers.map(lambda photo: _read(photo, live.predictor), photos))
    tensors = [item for item in read if isinstance(item, Tensor)]
    try:
        scores = iter(live.predictor.predict(tensors))
    # What torch raises when a device or its memory fails, and `Scores` for numbers that are none.
    except (RuntimeError, ValueError) as error:
        logger.exception("The model could not be run on %d photos.", len(tensors))
        why = Postponed(f"The model could not be run ({type(error).__name__}).")
        return [why if isinstance(item, Tensor) else item for item in read]
    thresholds = live.predictor.manifest.thresholds
    results: list[Result] = []
    for item in read:
        if isinstance(item, Tensor):
            score = next(scores)
            results.append(Tagged(score, decide(score, thresholds)))
        else:
            results.append(item)
    return results


def _read(photo: ListingPhoto, predictor: Predictor) -> Tensor | Unreadable | Postponed:
    """Read and decode one photo; what goes wrong with it concerns this photo alone."""
    try:
        with photo.image.open("rb") as file:
            data = file.read()
        return predictor.prepare(data)
    except FileNotFoundError:
        return Unreadable(f"The file {photo.image.name} is no longer in storage.")
    except UnreadablePhotoError as error:
        return Unreadable(str(error))
    except (OSError, BotoCoreError, ClientError) as error:
        # The seller may read the reason one day; addresses and paths are for the log alone.
        logger.warning("Storage did not give %s.", photo.image.name, exc_info=error)
        return Postponed(f"The storage did not give the file ({type(error).__name__}).")
