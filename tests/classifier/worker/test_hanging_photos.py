"""What hangs while a photo is read holds up neither the photos beside it nor the worker's end."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import Settings

from classifier.models import ListingPhoto
from classifier.tagging import queue
from classifier.worker.loops import tag
from classifier.worker.readers import Readers
from tests import pictures
from tests.rows import champion_of, pending_photos


@pytest.fixture(autouse=True)
def worker(
    sqlite_in_a_file: None,
    worker_that_just_started: None,
    monkeypatch: pytest.MonkeyPatch,
    untrained_bundle: Path,
) -> None:
    """A worker that just started, with a model, on SQLite in a file."""
    monkeypatch.setattr(tag, "readers", Readers(8, "read-photo"))
    champion_of(untrained_bundle)


@pytest.fixture
def hanging(storage_folder: Path) -> Iterator[ListingPhoto]:
    """The first of three photos: whoever opens its file waits for ever, as on a dead share."""
    first, *others = pending_photos(3)
    for photo in others:
        photo.image.storage.save(str(photo.image), ContentFile(pictures.jpeg(64, 64)))
    pipe = Path(first.image.path)
    pipe.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(pipe)
    yield first
    # Lets the thread go: it reads an empty file.
    os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))
    with pipe.open("r+b", buffering=0):
        time.sleep(0.1)


def test_a_file_that_hangs_is_put_off_alone(hanging: ListingPhoto, settings: Settings) -> None:
    """After the deadline the photos beside it are tagged, and it waits for its next attempt."""
    settings.READ_SECONDS = 1
    began = time.monotonic()
    tag.drain()
    assert time.monotonic() - began < 30
    rows = ListingPhoto.objects.order_by("id").values_list("status", flat=True)
    assert list(rows) == ["pending", "classified", "classified"]
    hanging.refresh_from_db()
    assert hanging.error == "Reading the photos of its batch took too long."
    assert not tag.is_stopping()


def test_the_lease_is_renewed_while_work_goes_on(hanging: ListingPhoto, settings: Settings) -> None:
    """A batch that takes three leases is still its worker's own, and no other may claim it."""
    settings.READ_SECONDS, settings.CLAIM_LEASE = 6, timedelta(seconds=2)
    thread = threading.Thread(target=tag.classify_next_batch)
    thread.start()
    deadline = time.monotonic() + 20
    while not ListingPhoto.objects.filter(claim__isnull=False).exists():
        assert time.monotonic() < deadline, "nothing was claimed"
        time.sleep(0.05)
    held_until = time.monotonic() + 4.5
    while time.monotonic() < held_until and thread.is_alive():
        assert queue.sweep().returned == 0
        time.sleep(0.2)
    assert ListingPhoto.objects.filter(claimed_until__gt=timezone.now()).count() == 3
    thread.join()
    assert ListingPhoto.objects.filter(status="classified").count() == 2


def test_a_worker_whose_readers_hang_asks_for_a_fresh_process(
    hanging: ListingPhoto, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With half of them gone it would only become slower."""
    monkeypatch.setattr(tag, "readers", Readers(2, "read-photo"))
    settings.READ_SECONDS = 1
    tag.drain()
    assert tag.is_stopping()
