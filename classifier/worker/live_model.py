"""The champion in this process's memory: loaded once, swapped when another is promoted."""

import logging
import threading
import time
import weakref
from typing import Final, NamedTuple

import torch

from classifier.ml import probe
from classifier.ml.bundle import load_bundle
from classifier.ml.manifest import BundleError
from classifier.ml.predictor import Predictor
from classifier.ml.probe import UnfitModelError
from classifier.models import ModelVersion
from classifier.versions import load_failures, registry, storage, trial_load
from classifier.worker.engine import engine_for

logger = logging.getLogger(__name__)

# How long a champion that could not be loaded is left alone while an older model is at work.
RETRY_SECONDS: Final = 30.0


class LiveModel(NamedTuple):
    predictor: Predictor
    version: ModelVersion


class ModelSlot:
    """Holds the model of this process.

    One caller at a time loads a new champion, beside the old one; others go on with the old one
    meanwhile. Whoever still holds the old one ends its batch with it: then its memory is free.
    """

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._live: LiveModel | None = None
        self._leaving: weakref.ref[Predictor] | None = None
        self._failed: tuple[int, float, BundleError] | None = None  # which version, when, how

    def current(self) -> LiveModel:
        live = self._live
        if live is None:
            return self._first()
        return self._newest(live) if self.is_outdated(live) else live

    @property
    def loaded(self) -> LiveModel | None:
        return self._live

    def is_outdated(self, live: LiveModel) -> bool:
        self._return_memory()
        if self._live is not live:
            return True
        # The number alone: this is asked with every batch.
        champion = registry.champion_number()
        if champion in (None, live.version.pk) or self._rests(champion):
            return False
        # Whoever loads it replaces this one; others go on with it meanwhile.
        return not self._loading.locked()

    def _first(self) -> LiveModel:
        with self._loading:
            # Who waited for the lock finds it loaded.
            if self._live is None:
                self._live = self._try_first(registry.champion())
            return self._live

    def _try_first(self, champion: ModelVersion | None) -> LiveModel:
        """Load a model where none is; one that was found unfit is not tried at every message."""
        if champion is None:
            raise registry.NoChampionError
        if self._failed and self._rests(champion.pk):
            raise self._failed[2]
        try:
            return _load(champion, at_work=None)
        except UnfitModelError as error:
            self._failed = (champion.pk, time.monotonic(), error)
            raise

    def _newest(self, live: LiveModel) -> LiveModel:
        """Load the new champion and return it; the model at work if that cannot be done now."""
        if not self._loading.acquire(blocking=False):
            return live
        try:
            # Read again under the lock: another caller may have swapped since, to a newer one.
            live, champion = self._live or live, registry.champion()
            if champion is None or champion.pk == live.version.pk or self._rests(champion.pk):
                return live
            try:
                self._live = _load(champion, at_work=live.version)
            except BundleError as error:
                self._failed = (champion.pk, time.monotonic(), error)
                return live
            self._leaving = weakref.ref(live.predictor)
            return self._live
        finally:
            self._loading.release()

    def _rests(self, champion: int) -> bool:
        """Return whether the version of this number failed a moment ago."""
        if self._failed is None:
            return False
        version, failed_at, _ = self._failed
        return version == champion and time.monotonic() - failed_at < RETRY_SECONDS

    def _return_memory(self) -> None:
        """Give the device back what the model before held, once nobody uses it any more."""
        if self._leaving is None or self._leaving() is not None:
            return
        self._leaving = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _load(champion: ModelVersion, *, at_work: ModelVersion | None) -> LiveModel:
    try:
        if at_work is not None:
            # What fails here must not take the model at work down with it.
            trial_load.try_to_load(champion)
        predictor = _load_and_probe(champion)
    except BundleError as error:
        load_failures.report(version=champion, error=error, at_work=at_work)
        raise
    load_failures.clear(version=champion)
    logger.info("Model %s is live on %s, run by %s.", champion, predictor.device, predictor.engine)
    return LiveModel(predictor, champion)


def _load_and_probe(champion: ModelVersion) -> Predictor:
    """Load a version.

    Raises:
        BundleError: whatever goes wrong: no list of what a bundle can do to us is complete, and
            every failure must raise the alarm.
    """
    try:
        bundle = load_bundle(storage.local_folder(champion))
        return probe.load_and_probe(bundle, engine_for(bundle))
    except BundleError:
        raise
    except Exception as error:
        raise UnfitModelError(
            f"{champion} cannot be loaded ({type(error).__name__}: {error}). Promote another "
            "version, or register it again from where it came from."
        ) from error


slot = ModelSlot()


def current() -> LiveModel:
    """Return the champion, loading it first if it is new.

    A new champion that cannot be loaded, or that fails the probe, leaves the one in memory at work
    and raises an alarm; it is looked at again every `RETRY_SECONDS`.

    Raises:
        NoChampionError: if no model version is champion and none is in memory.
        BundleError: if the champion cannot be loaded and there is none in memory.
    """
    return slot.current()


def is_outdated(live: LiveModel) -> bool:
    """Return whether `current` would return, or load, another model than this one.

    False while another thread loads the new champion: others go on with the one before.
    """
    return slot.is_outdated(live)


def loaded() -> LiveModel | None:
    """Return what is in memory just now, without looking for anything newer."""
    return slot.loaded
