"""From stored photos to results: read in parallel, one pass of the network, decide."""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final, NamedTuple

import numpy as np
from torch import Tensor

from classifier.ml import probe
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.models import ListingPhoto
from classifier.photos.storage import StorageUnavailableError
from classifier.tagging.results import STORAGE_FAILED, Postponed, Result, Tagged, Unreadable
from classifier.worker import photo_file
from classifier.worker.decide_all import Decided, decide_all
from classifier.worker.readers import Readers
from classifier.worker.stage_times import stage_times
from classifier.worker.trial import trial_process

logger = logging.getLogger(__name__)

TOO_SLOW: Final = Postponed("Reading the photos of its batch took too long.")


class DeviceFailedError(Exception):
    """The model works no more in this process; one that is started anew may do better."""


class Reading(NamedTuple):
    """Photos that are being read and decoded, as a model asks for."""

    predictor: Predictor
    readers: Readers
    read: list[Future[Tensor | Unreadable | Postponed]]
    began: float  # time.monotonic()


def begin_reading(
    photos: Sequence[ListingPhoto], predictor: Predictor, readers: Readers
) -> Reading:
    """Begin to read photos, many at once; `results_of` waits for them.

    Args:
        readers: where files are read and decoded.
    """
    began = time.monotonic()
    read = readers.begin(lambda photo: _read(photo, predictor), photos)
    return Reading(predictor, readers, read, began)


def results_of(reading: Reading) -> list[Result]:
    """Return one result a photo, in order; what goes wrong with one concerns that one alone.

    Raises:
        DeviceFailedError: if the model works no more in this process, whatever the photo.
    """
    read = reading.readers.finish(reading.read, otherwise=TOO_SLOW)
    stage_times.observe("read", time.monotonic() - reading.began)
    try:
        with stage_times.timed("predict"):
            decided = iter(decide_all(read, reading.predictor))
    # What torch raises when a device or its memory fails, and `Scores` for numbers that are none.
    except (RuntimeError, ValueError) as error:
        logger.exception("The model could not be run on a batch of %d photos.", len(read))
        _must_still_work(reading.predictor)
        why = Postponed(f"The model could not be run ({type(error).__name__}).")
        return [why if isinstance(item, Tensor) else item for item in read]
    return [_tagged(next(decided), item) if isinstance(item, Tensor) else item for item in read]


def _tagged(decided: Decided, pixels: Tensor) -> Tagged:
    return Tagged(decided.scores, decided.decision, brightness_of(pixels), decided.embedding)


def brightness_of(pixels: Tensor) -> float:
    """Return the mean of a prepared photo, uint8 (3, size, size), from 0 (black) to 1 (white)."""
    # Added as whole numbers, of which 32 bits hold 16 million: `mean` makes floats of them first.
    return int(pixels.numpy().sum(dtype=np.uint32)) / pixels.numel() / 255


def _must_still_work(predictor: Predictor) -> None:
    """Tell photos that the model fails on from a device that fails on everything."""
    try:
        probe.check(predictor)
    except probe.UnfitModelError as error:
        raise DeviceFailedError(str(error)) from error


def _read(photo: ListingPhoto, predictor: Predictor) -> Tensor | Unreadable | Postponed:
    try:
        # It was tried before, and nobody knows why that came to nothing.
        if photo.status == ListingPhoto.Status.PENDING and photo.attempts > 1:
            data = photo_file.read(photo)
            return trial_process.decode(data) or photo_file.decode(data, predictor)
        return photo_file.prepare(photo, predictor)
    except FileNotFoundError:
        return Unreadable(f"The file {photo.image.name} is no longer in storage.")
    except UnreadablePhotoError as error:
        return Unreadable(str(error))
    except StorageUnavailableError as error:
        # The seller may read the reason one day; addresses and paths are for the log alone.
        logger.warning("Storage did not give %s.", photo.image.name, exc_info=error)
        return Postponed(f"{STORAGE_FAILED} ({type(error.__cause__).__name__}).")
