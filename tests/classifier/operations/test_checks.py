"""Each check says in a sentence what is wrong and what to do, and nothing when all is well."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from classifier.models import Heartbeat, ListingPhoto, ModelVersion
from classifier.operations import checks, heartbeat
from slowfashion_ai.timed_check import TimedCheck
from tests.classifier.listings import uploaded_listing

pytestmark = pytest.mark.django_db


def age(row: Heartbeat | ListingPhoto, **fields: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_a_worker_that_falls_silent_is_missing() -> None:
    """Without any, after one that is gone, and while one is alive."""
    assert "No worker has been seen yet." in checks.workers()
    heartbeat.write(Heartbeat.Kind.WORKER)
    assert checks.workers() == ""
    age(Heartbeat.objects.get(), seen_at=timezone.now() - timedelta(minutes=5))
    assert "No worker has been seen since" in checks.workers()


def test_a_champion_that_no_living_worker_has_is_not_at_work(champion: ModelVersion) -> None:
    """A worker with an older model in its memory does not count."""
    heartbeat.write(Heartbeat.Kind.WORKER, model="another")
    assert f"No worker has loaded the champion {champion.name} yet." in checks.champion()
    heartbeat.write(Heartbeat.Kind.WORKER, model=champion.name)
    assert checks.champion() == ""


def test_a_photo_that_waits_too_long_is_named(seller: User, settings: Settings) -> None:
    """With its age and how many there are."""
    settings.OLDEST_PENDING_SECONDS = 60
    photo = uploaded_listing(seller).photos.get()
    assert checks.oldest_pending() == ""
    age(photo, created_at=timezone.now() - timedelta(minutes=2))
    assert f"1 photos wait for longer than 60 seconds, photo {photo.pk} for 120." in (
        checks.oldest_pending()
    )


def test_a_storage_that_refuses_is_wrong(storage_folder: Any) -> None:
    """A file in the folder's place: nothing can be written or read."""
    assert checks.storage() == ""
    folder = storage_folder / "media"
    folder.rename(folder.with_name("away"))
    folder.write_text("in the way")
    assert "The photo storage does not answer" in checks.storage()


def test_a_broker_that_is_away_is_wrong() -> None:
    """In the tests nobody listens on its socket."""
    assert "The broker does not answer" in checks.broker()


def test_what_hangs_is_something_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who asks has an answer in time, and no second thread hangs."""
    release = threading.Event()
    begun: list[int] = []

    def hang() -> str:
        begun.append(1)
        release.wait(30)
        return ""

    monkeypatch.setitem(checks.TIMED, "storage", TimedCheck(hang, seconds=0.2))
    try:
        for _ in range(3):
            assert "something hangs" in checks.find("storage").sentence
        assert begun == [1]
    finally:
        release.set()
