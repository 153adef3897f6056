"""One deadline for all that a request does: what takes longer is a 503, and nothing is kept."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from classifier.models import Listing
from classifier.photos.decoding_cost import DecodingMemory
from slowfashion_ai import deadline
from tests import pictures


class SlowStorage(FileSystemStorage):
    """Takes a quarter of a second for each file; none of it long enough for a limit of its own."""

    saved = 0

    def _save(self, name: str, content: Any) -> str:
        time.sleep(0.25)
        SlowStorage.saved += 1
        return str(super()._save(name, content))  # type: ignore[misc]  # not in the stubs


@pytest.fixture
def client(seller: User) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(seller)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/api/v1/listings/"])
def test_an_upload_that_takes_too_long_is_a_503(
    client: Client, settings: Settings, storage_folder: Path, address: str
) -> None:
    """Eight photos of half a second each: it ends long before the last, and leaves no file."""
    settings.REQUEST_SECONDS = 1
    backend = f"{SlowStorage.__module__}.{SlowStorage.__qualname__}"
    slow = {**settings.STORAGES["default"], "BACKEND": backend}
    settings.STORAGES = {**settings.STORAGES, "default": slow}
    photos = [SimpleUploadedFile(f"{n}.jpg", pictures.jpeg(64, 64)) for n in range(8)]
    SlowStorage.saved = 0
    answer = client.post(address, {"title": "A bag", "photos": photos})
    assert SlowStorage.saved < 16  # photos and thumbnails
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "too busy" in answer.content.decode()
    assert answer["Content-Type"].startswith("application/json") is address.startswith("/api/")
    assert not Listing.objects.exists()
    assert list((storage_folder / "media").rglob("*.jpg")) == []


@pytest.mark.django_db
def test_nothing_is_asked_of_the_database_after_it(client: Client, settings: Settings) -> None:
    """A page that comes to the database too late is a 503 as well."""
    settings.REQUEST_SECONDS = 0
    assert client.get("/listings/").status_code == 503
    settings.REQUEST_SECONDS = 60
    assert client.get("/listings/").status_code == 200


def test_who_waits_for_memory_waits_until_the_deadline() -> None:
    """Another thread's huge photo is decoded for longer than this request may take."""
    memory, image = DecodingMemory(1), Image.new("RGB", (64, 64))
    again = memory.held(image)
    with memory.held(image), deadline.within(0.2), pytest.raises(deadline.DeadlineError):
        again.__enter__()


def test_outside_a_request_there_is_none() -> None:
    """And inside, what puts things right has all the time it needs."""
    assert deadline.time_left() is None
    deadline.restart()
    with deadline.within(0.0):
        assert deadline.time_left() == 0
        with deadline.without():
            deadline.check()
        with pytest.raises(deadline.DeadlineError):
            deadline.check()
