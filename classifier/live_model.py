"""The champion in this process's memory: loaded once, swapped when another is promoted."""

import logging
import threading
import time
from typing import Final, NamedTuple

from classifier import bundle_files, registry
from classifier.ml.bundle import load_bundle
from classifier.ml.manifest import BundleError
from classifier.ml.predictor import Predictor
from classifier.models import ModelVersion

logger = logging.getLogger(__name__)

# How long a champion that could not be loaded is left alone while an older model is at work.
LOOK_AGAIN_SECONDS: Final = 30.0


class LiveModel(NamedTuple):
    predictor: Predictor
    version: ModelVersion


class _Slot:
    """Holds the model of this process; one caller at a time looks for a new champion."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: LiveModel | None = None
        self._look_again_at = 0.0

    def current(self) -> LiveModel:
        with self._lock:
            champion = registry.champion()
            if self._live is None:
                self._live = _load(champion)
            elif champion is not None and champion.pk != self._live.version.pk:
                self._swap(self._live, champion)
            return self._live

    def _swap(self, live: LiveModel, champion: ModelVersion) -> None:
        if time.monotonic() < self._look_again_at:
            return
        try:
            self._live = _load(champion)
        except BundleError as error:
            self._look_again_at = time.monotonic() + LOOK_AGAIN_SECONDS
            logger.error(
                "Champion %s cannot be loaded; %s goes on. %s", champion, live.version, error
            )


def _load(champion: ModelVersion | None) -> LiveModel:
    if champion is None:
        raise registry.NoChampionError
    predictor = Predictor(load_bundle(bundle_files.local_folder(champion)))
    logger.info("Model %s is live on %s.", champion, predictor.device)
    return LiveModel(predictor, champion)


_slot = _Slot()


def current() -> LiveModel:
    """Return the champion, loading it first if it is new.

    A new champion that cannot be loaded leaves the one in memory at work; it is looked at again
    every `LOOK_AGAIN_SECONDS`.

    Raises:
        NoChampionError: if no model version is champion and none is in memory.
        BundleError: if the champion cannot be loaded and there is none in memory.
    """
    return _slot.current()
