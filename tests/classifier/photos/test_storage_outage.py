"""A storage that hangs, or was away: requests end soon, photos come back, no file is left over."""

import os
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from botocore.config import Config
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from classifier.models import DeletedPhoto, Listing, ListingPhoto
from classifier.photos import cleanup
from classifier.photos.receiving.intake import receive_listing
from classifier.photos.storage import (
    MARK,
    StorageUnavailableError,
    must_be_there,
    storage_errors,
)
from classifier.tagging import outage, queue
from classifier.tagging.results import STORAGE_FAILED
from tests import pictures
from tests.rows import a_champion, a_model, pending_photos

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanging_s3(settings: Settings) -> Iterator[socket.socket]:
    """An S3 server that takes every connection and never answers; clients wait one second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        options = {
            "bucket_name": "photos", "endpoint_url": f"http://127.0.0.1:{server.getsockname()[1]}",
            "access_key": "x", "secret_key": "x", "region_name": "us-east-1",
            "client_config": Config(
                connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1}
            ),
        }  # fmt: skip
        backend = "storages.backends.s3.S3Storage"
        settings.STORAGES = {
            **settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": options}
        }  # fmt: skip
        yield server


def test_an_upload_waits_once_for_a_storage_that_hangs(
    hanging_s3: socket.socket, seller: User
) -> None:
    """However many photos it has: files that were never written are not deleted one by one."""
    uploads = [SimpleUploadedFile(f"{n}.jpg", pictures.jpeg()) for n in range(8)]
    began = time.monotonic()
    with pytest.raises(StorageUnavailableError):
        receive_listing(seller=seller, title="", uploads=uploads)
    assert time.monotonic() - began < 6
    assert not Listing.objects.exists()
    # The one that was begun may be there, and is left to the task that removes files.
    assert DeletedPhoto.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # what is left for after the commit is done as well
def test_deleting_photos_asks_no_storage(hanging_s3: socket.socket, client: Client) -> None:
    """Neither for the photos nor for the Grad-CAM images that each version may have made."""
    photos = pending_photos(3)
    a_model("before", state="retired", promoted_at=timezone.now())
    a_champion()
    client.force_login(User.objects.create_superuser("boss"))
    chosen = {"action": "delete_selected", "_selected_action": [photo.pk for photo in photos]}
    client.post(reverse("admin:classifier_listingphoto_changelist"), {**chosen, "post": "yes"})
    assert not ListingPhoto.objects.exists()
    assert DeletedPhoto.objects.count() == 3
    hanging_s3.setblocking(False)
    with pytest.raises(BlockingIOError):  # nobody has connected
        hanging_s3.accept()


def test_what_an_upload_left_is_removed_later(storage_folder: Path) -> None:
    """The task that removes the files of deleted photos removes these too."""
    name = default_storage.save("photos/left.jpg", ContentFile(b"x"))
    DeletedPhoto.objects.create(number=0, image=name)
    assert cleanup.remove_files() == 1
    assert not default_storage.exists(name)


def resting_photo() -> ListingPhoto:
    (photo,) = pending_photos(1)
    ListingPhoto.objects.update(
        attempts=4, error=f"{STORAGE_FAILED} (OSError).",
        claimed_until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    return photo


def test_photos_come_back_when_the_storage_does(storage_folder: Path) -> None:
    """Not after the hour that their fourth attempt would make them rest."""
    photo = resting_photo()
    folder = Path(photo.image.path)
    folder.mkdir(parents=True)  # reading it is an error that is not "no such file"
    assert outage.release_after_outage() == 0
    assert not queue.claimable().exists()
    folder.rmdir()
    photo.image.storage.save(str(photo.image), ContentFile(pictures.jpeg()))
    assert outage.release_after_outage() == 1
    assert queue.claimable().get() == photo


def test_photos_that_rest_for_another_reason_go_on_resting(storage_folder: Path) -> None:
    """The storage has nothing to do with them."""
    photo = resting_photo()
    photo.image.storage.save(str(photo.image), ContentFile(pictures.jpeg()))
    ListingPhoto.objects.update(error="The model could not be run (RuntimeError).")
    assert outage.release_after_outage() == 0


def test_orphans_are_found_and_removed(storage_folder: Path) -> None:
    """Files and thumbnails of photos stay, young ones too: their rows may yet be written."""
    pending_photos(1, image="photos/2026/11/01/kept.jpg")
    folders = ("photos/2026/11/01", "thumbnails/2026/11/01")
    before = time.time() - 7200
    for folder in folders:
        for name in ("kept", "orphan", "young"):
            default_storage.save(f"{folder}/{name}.jpg", ContentFile(b"x"))
        for name in ("kept", "orphan"):
            os.utime(storage_folder / "media" / f"{folder}/{name}.jpg", (before, before))
    listed, printed = StringIO(), StringIO()
    call_command("remove_orphans", dry_run=True, stdout=listed, stderr=printed)
    assert "2 files would be removed." in printed.getvalue()
    assert listed.getvalue().split() == [f"{folder}/orphan.jpg" for folder in folders]
    call_command("remove_orphans", stdout=StringIO())
    call_command("remove_orphans", dry_run=True, stdout=StringIO(), stderr=printed)
    assert "There are none." in printed.getvalue()
    for folder in folders:
        assert sorted(default_storage.listdir(folder)[1]) == ["kept.jpg", "young.jpg"]


def stored(count: int) -> list[ListingPhoto]:
    photos = pending_photos(count)
    for photo in photos:
        photo.image.storage.save(str(photo.image), ContentFile(pictures.jpeg()))
    return photos


def test_a_volume_that_is_away_is_no_lost_photo(storage_folder: Path, seller: User) -> None:
    """In its bare mount point no photo is missing for good, none is stored, none is deleted."""
    kept, deleted = stored(2)
    media, away = storage_folder / "media", storage_folder / "away"
    must_be_there(default_storage)  # as the first upload does
    media.rename(away)
    media.mkdir()
    with pytest.raises(StorageUnavailableError), storage_errors(default_storage):
        default_storage.open(str(kept.image))
    with pytest.raises(StorageUnavailableError, match="is its volume mounted"):
        receive_listing(
            seller=seller, title="", uploads=[SimpleUploadedFile("a.jpg", pictures.jpeg())]
        )
    deleted.delete()
    assert cleanup.remove_files() == 0
    assert list(media.rglob("*")) == []
    media.rmdir()
    away.rename(media)
    with pytest.raises(FileNotFoundError), storage_errors(default_storage):
        default_storage.open("photos/never-there.jpg")
    DeletedPhoto.objects.update(due_at=timezone.now())
    assert cleanup.remove_files() == 1


def test_a_folder_of_an_older_release_is_known_by_its_photos(storage_folder: Path) -> None:
    """It has no mark yet, and gets one."""
    stored(2)
    must_be_there(default_storage)
    assert (storage_folder / "media" / MARK).exists()
