"""A worker's loop: claim what is pending, read it in parallel, predict in one pass, store.

In one process run at most as many loops as passes of the network at once, and two more: one that
reads meanwhile, and one that stores. A loop that finds more than it can take at once has the others
help. While all are busy pending photos pile up, and the next claim is larger: batches grow under
load, and an idle system answers at once. While a backlog goes on, claims are for several passes.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final

from celery.signals import worker_shutting_down
from celery.worker import state
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from classifier.ml.manifest import BundleError
from classifier.ml.passes import AT_ONCE
from classifier.models import Heartbeat
from classifier.photos.receiving.intake import names_of
from classifier.tagging import queue
from classifier.tagging.results import Result, Tagged
from classifier.taxonomy import label_path
from classifier.versions import load_failures, registry
from classifier.worker import live_model
from classifier.worker.beat import Beat, batches, poll_for_ever, start
from classifier.worker.loops.claim_size import ClaimSize
from classifier.worker.predict import DeviceFailedError, begin_reading, results_of
from classifier.worker.readers import Readers
from classifier.worker.stage_times import stage_times
from classifier.worker.watchdog import EXIT_HANGS, end_now, watchdog

logger = logging.getLogger(__name__)

LOOPS: Final = AT_ONCE + 2
READERS: Final = 8
# One claim of so many in a row takes a photo that was tried before ahead of the fresh ones. A loop
# that finds no fresh ones takes it anyway.
TRIED_FIRST_EVERY: Final = 4
stopping = threading.Event()
_loop_slots = threading.BoundedSemaphore(LOOPS)
_helpers = ThreadPoolExecutor(LOOPS - 1, thread_name_prefix="tag-photos")
readers = Readers(READERS, "read-photo")


def load_champion() -> None:
    """Load the champion before the first photo arrives, or log what is wrong with it."""
    try:
        live_model.current()
    except (BundleError, registry.RegistryError) as error:
        logger.error("There is no usable model. %s", error)


@worker_shutting_down.connect
def stop_soon(**_: object) -> None:
    """Let the loops end after the batch they hold: a backlog must not delay a worker's stop."""
    stopping.set()


def end_in_time() -> None:
    """See to it that this process ends within `STOP_SECONDS` once it was asked to stop.

    For a real worker alone: a thread that hangs would keep it for ever, since Python waits for it.
    """

    def end() -> None:
        stopping.wait()
        time.sleep(settings.STOP_SECONDS)
        end_now(f"It did not stop within {settings.STOP_SECONDS} seconds.", state.should_stop or 1)

    threading.Thread(target=end, name="end-in-time", daemon=True).start()


def be_seen() -> None:
    """Say every few seconds that this worker is alive, and look for photos without messages."""
    start(Beat(Heartbeat.Kind.WORKER, _facts).write_for_ever, "heartbeat", stopping)
    start(poll_for_ever, "poll-photos", stopping, drain)


def _facts() -> dict[str, object]:
    live = live_model.loaded()
    if live is None:
        return {**batches.facts(), **stage_times.facts()}
    return {
        "model": live.version.name,
        "engine": str(live.predictor.engine),
        "device": str(live.predictor.device),
        **batches.facts(),
        **stage_times.facts(),
    }


def _in_words(result: Result) -> str:
    if isinstance(result, Tagged):
        return f"{result.decision.outcome} {label_path(result.decision.main, result.decision.sub)}"
    return f"{type(result).__name__.lower()}, {result.why.rstrip('.')}"


def is_stopping(*, within: float = 0.0) -> bool:
    """Return whether this worker was asked to stop; wait that many seconds for it."""
    return stopping.wait(within)


def leave(why: object) -> None:
    """End this worker with `EXIT_HANGS`; its supervisor starts one with a fresh device."""
    logger.critical("This worker ends, to be started anew. %s", why)
    stopping.set()
    state.should_stop = EXIT_HANGS


def drain(*, notified: bool = False) -> int:
    """Classify until nothing is pending; return how many photos this call dealt with.

    Returns at once when enough loops run here already: they look again after they let go of their
    slot, so the photo that this call is about is seen.

    Args:
        notified: by a message, so that photos wait, or a champion could not be loaded: nobody asks
            the database first whether there is anything to do.
    """
    dealt_with = 0
    if not notified and load_failures.reported():
        # Idle workers too say whether they can load it by now.
        load_champion()
    while (
        not stopping.is_set()
        and (notified or queue.claimable().exists())
        and _loop_slots.acquire(blocking=False)
    ):
        notified = False
        helping: list[Future[int | None]] = []
        done = _classify_all(have_help=partial(_have_help, helping))
        dealt_with += (done or 0) + sum(future.result() or 0 for future in helping)
        if done is None:
            break
    return dealt_with


def _classify_all(have_help: Callable[[], object]) -> int | None:
    """Classify until nothing is pending, in a slot that the caller took and this gives back.

    Returns how many photos this dealt with; None if there is no usable model.
    """
    dealt_with, size = 0, ClaimSize()
    try:
        for claim in itertools.count(1):
            tried_first = claim % TRIED_FIRST_EVERY == 0
            if stopping.is_set() or not (done := classify_next_batch(have_help, tried_first, size)):
                break
            dealt_with += done
    except (BundleError, registry.RegistryError) as error:
        # Nothing was claimed: photos stay pending until an operator has put it right.
        what = "Photos are waiting, but there" if queue.claimable().exists() else "There"
        logger.error("%s is no usable model. %s", what, error)
        return None
    finally:
        _loop_slots.release()
    return dealt_with


def _have_help(helping: list[Future[int | None]]) -> None:
    """Let as many loops take part as there are slots."""
    for _ in range(LOOPS - 1):
        if not _loop_slots.acquire(blocking=False):
            return
        helping.append(_helpers.submit(_help))


def _help() -> int | None:
    """Classify beside the loop that asked for help; return as `_classify_all` does."""
    try:
        return _classify_all(have_help=lambda: None)
    except DatabaseError as error:
        # The loop that asked for help meets the same, and says what becomes of it.
        logger.warning("A loop that helped has ended. %s", error)
        return 0
    finally:
        connection.close()


def classify_next_batch(
    have_help: Callable[[], object] = lambda: None,
    tried_first: bool = False,
    size: ClaimSize | None = None,
) -> int:
    """Claim, classify and store one batch; return its size, 0 when nothing was pending.

    Args:
        have_help: called before the batch is read if more photos may wait than were claimed.
        tried_first: take a photo that was tried before ahead of the fresh ones.
        size: of the loop's claims; for one pass unless it is given.

    Raises:
        RegistryError, BundleError: if there is no usable model; nothing is claimed then.
    """
    size = size or ClaimSize()
    while (done := _classify_next_batch(have_help, tried_first, size)) is None:
        # Nothing is claimed while a model is loaded, for that takes long.
        live_model.current()
    return done


def _classify_next_batch(
    have_help: Callable[[], object], tried_first: bool, size: ClaimSize
) -> int | None:
    """Do as `classify_next_batch`; return None, with nothing claimed, if the model is outdated."""
    live = live_model.loaded() or live_model.current()
    limit = size.limit(
        one_pass=live.predictor.largest_pass,
        most=settings.CLASSIFY_BATCH_SIZE,
        version=live.version.pk,
    )
    began = time.monotonic()
    photos = queue.claim_photos(limit=limit, tried_first=tried_first)
    if not photos:
        # An idle worker takes a new champion, too.
        live_model.current()
        return 0
    if len(photos) == limit:
        have_help()
    logger.info("Claimed %s.", names_of(photos))
    now = timezone.now()
    with watchdog.watching(photos):
        reading = begin_reading(photos, live.predictor, readers)
        # Asked while photos are read, so that nobody waits for the answer.
        if live_model.is_outdated(live):
            queue.give_back(photos)
            return None
        for photo in photos:
            stage_times.observe("wait", max((now - photo.created_at).total_seconds(), 0.0))
        try:
            results = results_of(reading)
        except DeviceFailedError as error:
            queue.give_back(photos)
            leave(error)
            return 0
        with stage_times.timed("store"):
            stored = queue.store_results(photos=photos, results=results, version=live.version)
    batches.count(len(photos))
    # A photo that was tried before goes alone: nothing is learned from its batch.
    if not tried_first:
        size.observe(photos=len(photos), seconds=time.monotonic() - began)
    logger.info("Stored results of %d of %d photos, by %s.", stored, len(photos), live.version)
    for photo, result in zip(photos, results, strict=True):
        logger.info("photo %d: %s.", photo.pk, _in_words(result))
    if readers.are_stuck:
        leave("Half of the threads that read photos hang.")
    return len(photos)
