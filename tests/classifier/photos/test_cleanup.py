"""A photo's file goes with its row, and never before."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from classifier.models import ListingPhoto
from tests.classifier.listings import only_photo, uploaded_listing

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_file_goes_after_commit(seller: User) -> None:
    """While the transaction is open the file is still there; after it, it is gone."""
    listing = uploaded_listing(seller)
    image = only_photo(listing).image
    with transaction.atomic():
        listing.delete()
        assert image.storage.exists(str(image))
    assert not image.storage.exists(str(image))


def test_a_deletion_that_is_rolled_back_keeps_its_file(seller: User) -> None:
    """A row that stays has its file."""
    photo = only_photo(uploaded_listing(seller))
    with transaction.atomic():
        ListingPhoto.objects.all().delete()
        transaction.set_rollback(True)
    assert photo.image.storage.exists(str(photo.image))


def test_storage_that_refuses_does_not_undo_the_deletion(
    seller: User, storage_folder: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """If the file cannot be removed the row is gone all the same, and the log says so."""
    photo = only_photo(uploaded_listing(seller))
    path = storage_folder / "media" / photo.image.name
    path.unlink()
    path.mkdir()  # a folder in its place: removing it as a file fails
    (path / "inside").touch()

    photo.delete()
    assert not ListingPhoto.objects.exists()
    assert "on_commit" in caplog.text
