"""A worker's loop that lets a candidate tag photos beside the champion, when no fresh one waits.

It stands back for pending photos before every batch, and its batches are small: a fresh photo
waits for one of them at most. Whatever goes wrong with the candidate ends the shadow and nothing
else: it is loaded on trial in a process of its own first, and a photo that it fails on is left out.
"""

import logging
import threading
from typing import Final

from classifier.ml.bundle import load_bundle
from classifier.ml.manifest import BundleError
from classifier.ml.predictor import Predictor
from classifier.ml.probe import load_and_probe
from classifier.models import ModelVersion, Shadow
from classifier.shadow import run
from classifier.tagging import queue
from classifier.tagging.results import Tagged
from classifier.versions import storage, trial_load
from classifier.worker.engine import engine_for
from classifier.worker.loops import tag
from classifier.worker.predict import DeviceFailedError, begin_reading, results_of
from classifier.worker.readers import Readers
from classifier.worker.watchdog import watchdog

logger = logging.getLogger(__name__)

SMALL_BATCH: Final = 4
# How long it stands back before it looks whether fresh photos still wait.
STAND_BACK_SECONDS: Final = 0.2
_at_work = threading.Lock()
readers = Readers(2, "read-shadow")
# The candidate in memory, by the number of its version; one at most.
loaded: dict[int, Predictor] = {}


def work() -> int:
    """Tag until nothing is left; return how many photos were compared by this call.

    Returns at once when this process is at it already.
    """
    if not _at_work.acquire(blocking=False):
        return 0
    try:
        return _work()
    finally:
        if run.running() is None:
            loaded.clear()
        _at_work.release()


def _work() -> int:
    compared = 0
    while not tag.is_stopping():
        if queue.claimable().exists():
            tag.is_stopping(within=STAND_BACK_SECONDS)
            continue
        shadow = run.running()
        if shadow is None or not run.waiting(shadow).exists() or readers.are_stuck:
            break
        predictor = _candidate(shadow)
        if predictor is None or (done := _next_batch(predictor)) is None:
            break
        compared += done
    return compared


def _next_batch(predictor: Predictor) -> int | None:
    """Compare the next photos; return how many, None if there are none or the candidate fails."""
    taken = run.take(SMALL_BATCH)
    if taken is None:
        return None
    shadow, photos = taken
    try:
        with watchdog.watching():
            results = results_of(begin_reading(photos, predictor, readers))
    except DeviceFailedError as error:
        # The champion finds out by itself if the device is at fault, and leaves then.
        run.end(shadow, Shadow.State.FAILED, f"It works no more in a worker. {error}")
        loaded.clear()
        return None
    pairs = zip(photos, results, strict=True)
    made = {photo.pk: one.decision for photo, one in pairs if isinstance(one, Tagged)}
    run.store(shadow, made)
    run.give_up_if_failing(shadow)
    return len(made)


def _candidate(shadow: Shadow) -> Predictor | None:
    """Return the candidate's model, loading it first; None, and the shadow ends, if it is unfit."""
    version = shadow.version
    if version.pk not in loaded:
        loaded.clear()
        if not run.loading(shadow):
            return None
        try:
            loaded[version.pk] = _load(version)
        # No list of what a bundle can do to us is complete, and none of it may end the worker.
        except Exception as error:  # as said
            logger.exception("%s cannot be loaded for its shadow.", version)
            run.end(shadow, Shadow.State.FAILED, f"A worker could not load it. {error}")
            return None
        logger.info("%s tags %.3g of the photos silently.", version, shadow.share)
    return loaded[version.pk]


def _load(version: ModelVersion) -> Predictor:
    """Load a version beside the champion.

    Raises:
        BundleError: if it is damaged or unfit.
    """
    trial_load.try_to_load(version)
    try:
        bundle = load_bundle(storage.local_folder(version))
    except OSError as error:
        raise BundleError(f"Its files cannot be read ({error}).") from error
    return load_and_probe(bundle, engine_for(bundle))
