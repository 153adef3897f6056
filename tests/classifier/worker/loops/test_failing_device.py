"""A device that fails: no photo pays for it, in whichever loop, and the worker is started anew."""

import itertools
from pathlib import Path

import pytest
from celery.exceptions import WorkerShutdown
from celery.worker import state

from classifier.models import ListingPhoto, ModelVersion, Shadow, ShadowTag
from classifier.shadow import run
from classifier.tagging import reclassification
from classifier.versions import promotion
from classifier.worker import live_model
from classifier.worker.loops import reclassify, shadow, tag
from classifier.worker.watchdog import EXIT_HANGS
from tests.classifier.versions.test_registry import registered
from tests.rows import champion_of
from tests.stored_photos import photos_with_files

pytestmark = pytest.mark.usefixtures("sqlite_in_a_file", "worker_that_just_started")


@pytest.fixture
def champion_folder(untrained_bundle: Path) -> None:
    champion_of(untrained_bundle)


def broken(*_: object) -> None:
    """What torch raises from every call, once the device's context is lost."""
    raise RuntimeError("CUDA error: device-side assert triggered")


def test_a_device_that_fails_costs_no_photo_an_attempt(
    champion_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it happens: photos are given back, and the worker ends to be started anew."""
    photos_with_files(3)
    live_model.current().predictor.network.main_head.register_forward_pre_hook(broken)
    assert tag.drain() == 0
    rows = ListingPhoto.objects.values_list("status", "attempts", "claim", "claimed_until")
    assert set(rows) == {("pending", 0, None, None)}
    assert "This worker ends, to be started anew." in caplog.text
    assert tag.is_stopping()
    with pytest.raises(WorkerShutdown) as ended:
        state.maybe_shutdown()
    assert ended.value.code == EXIT_HANGS


def test_photos_that_a_sound_model_fails_on_are_postponed(champion_folder: Path) -> None:
    """The probe passes, so it is the photos: they go alone next time, and not for ever."""
    photo = photos_with_files(1)[0]
    calls = itertools.count()

    def broken_once(*_: object) -> None:
        if next(calls) == 0:
            broken()

    live_model.current().predictor.network.main_head.register_forward_pre_hook(broken_once)
    tag.drain()
    photo.refresh_from_db()
    assert (photo.status, photo.attempts) == ("pending", 1)
    assert photo.error.startswith("The model could not be run")
    assert not tag.is_stopping()


@pytest.fixture
def tagged_photos(champion_folder: Path) -> list[ListingPhoto]:
    """Three photos with the champion's tag."""
    photos = photos_with_files(3)
    assert tag.drain() == 3
    return photos


@pytest.fixture
def newer(untrained_bundle: Path, tmp_path: Path) -> ModelVersion:
    """Another version of the same network."""
    return registered(untrained_bundle, "newer", tmp_path)


def test_photos_that_are_tagged_again_keep_their_tags(
    tagged_photos: list[ListingPhoto], newer: ModelVersion
) -> None:
    """The reclassification stays where it was, for a worker whose device is sound."""
    promotion.promote(version=newer)
    live_model.current().predictor.network.main_head.register_forward_pre_hook(broken)
    assert reclassification.start() is not None
    assert reclassify.work() == 0
    rows = ListingPhoto.objects.values_list("status", "attempts")
    assert set(rows) == {("classified", 1)}
    assert not ListingPhoto.objects.filter(model_version=newer).exists()
    assert reclassification.unfinished().exists()
    assert tag.is_stopping()


def test_a_shadow_ends_and_the_champion_goes_on(
    tagged_photos: list[ListingPhoto], newer: ModelVersion
) -> None:
    """The candidate alone may be at fault; the champion's own probe says whether the device is."""
    silent = run.start(version=newer, share=1.0, photos_wanted=100)
    photos_with_files(1)
    tag.drain()
    shadow.work()
    shadow.loaded[newer.pk].network.main_head.register_forward_pre_hook(broken)
    (last,) = photos_with_files(1)
    assert tag.drain() == 1
    assert shadow.work() == 0
    silent.refresh_from_db()
    assert silent.state == Shadow.State.FAILED
    assert "It works no more in a worker." in silent.message
    assert ShadowTag.objects.get(photo=last).outcome is None
    assert not tag.is_stopping()
