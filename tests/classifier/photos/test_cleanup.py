"""A photo's file goes with its row, and never before."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from classifier.models import DeletedPhoto, ListingPhoto
from classifier.photos import cleanup
from classifier.photos.thumbnails import thumbnail_name
from tests.classifier.listings import only_photo, uploaded_listing

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_file_goes_after_the_row(seller: User) -> None:
    """The deletion itself asks no storage, however many photos go; the task removes the files."""
    listing = uploaded_listing(seller)
    image = only_photo(listing).image
    files = (str(image), thumbnail_name(str(image)))
    listing.delete()
    assert all(image.storage.exists(name) for name in files)
    assert cleanup.remove_files() == 1
    assert not any(image.storage.exists(name) for name in files)
    assert cleanup.remove_files() == 0


def test_a_deletion_that_is_rolled_back_keeps_its_file(seller: User) -> None:
    """A row that stays has its file."""
    photo = only_photo(uploaded_listing(seller))
    with transaction.atomic():
        ListingPhoto.objects.all().delete()
        transaction.set_rollback(True)
    cleanup.remove_files()
    assert photo.image.storage.exists(str(photo.image))


def test_storage_that_refuses_does_not_undo_the_deletion(
    seller: User, storage_folder: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """What the storage refuses holds up no other photo, and is tried again later."""
    other = only_photo(uploaded_listing(seller))
    photo = only_photo(uploaded_listing(seller))
    path = storage_folder / "media" / photo.image.name
    path.unlink()
    path.mkdir()  # a folder in its place: removing it as a file fails
    (path / "inside").touch()

    ListingPhoto.objects.all().delete()
    assert cleanup.remove_files() == 1
    assert not other.image.storage.exists(str(other.image))
    assert "tried again later" in caplog.text
    (path / "inside").unlink()
    path.rmdir()
    assert cleanup.remove_files() == 0
    DeletedPhoto.objects.update(due_at=timezone.now())
    assert cleanup.remove_files() == 1
