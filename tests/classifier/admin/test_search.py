"""Searches of the admin: among the newest rows, by a seller's name, and by number."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from classifier.admin import search
from classifier.models import Listing, ListingPhoto
from tests.classifier.reviewing import signed_in
from tests.rows import pending_photos

pytestmark = pytest.mark.django_db

PHOTOS = "admin:classifier_listingphoto_changelist"
LISTINGS = "admin:classifier_listing_changelist"


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch) -> list[ListingPhoto]:
    """Two old photos of Anna's, then five of Berta's, whose names alone are looked through."""
    photos = []
    for name, count in (("Anna", 2), ("Berta", 5)):
        seller = User.objects.create_user(f"seller-{name}")
        listing = Listing.objects.create(seller=seller, title=f"A coat of {name}")
        for photo in pending_photos(count):
            photo.listing, photo.original_name = listing, f"IMG {name}.jpg"
            photo.save()
            photos.append(photo)
    monkeypatch.setattr(search, "NEWEST", 5)
    return photos


def matches(admin_user: User, page: str, term: str) -> set[int]:
    response = signed_in(admin_user).get(reverse(page), {"q": term})
    return {row.pk for row in response.context["cl"].result_list}


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("Berta.jpg", range(2, 7)),  # within the name of a file
        ("coat berta", range(2, 7)),  # words of a title, in any order
        ("Anna.jpg", ()),  # older than what is looked through
        ("seller-An", range(2)),  # how a seller's name begins, at any age
        ("nothing", ()),
    ],
)
def test_photos_are_found(
    admin_user: User, photos: list[ListingPhoto], term: str, expected: range
) -> None:
    """Names among the newest, sellers at any age."""
    assert matches(admin_user, PHOTOS, term) == {photos[i].pk for i in expected}


def test_an_old_row_is_found_by_its_number(admin_user: User, photos: list[ListingPhoto]) -> None:
    """The number that a link or a log names."""
    assert photos[0].pk in matches(admin_user, PHOTOS, str(photos[0].pk))
    assert photos[0].listing_id in matches(admin_user, LISTINGS, str(photos[0].listing_id))


def test_listings_are_found_by_their_seller(admin_user: User, photos: list[ListingPhoto]) -> None:
    """And no others."""
    assert matches(admin_user, LISTINGS, "seller-anna") <= {photos[0].listing_id}
    assert matches(admin_user, LISTINGS, "seller-Anna") == {photos[0].listing_id}


def test_names_are_looked_for_among_the_newest_alone(
    admin_user: User, photos: list[ListingPhoto]
) -> None:
    """No statement compares the names of the whole table."""
    with CaptureQueriesContext(connection) as asked:
        matches(admin_user, PHOTOS, "Berta")
    compared = [each["sql"] for each in asked if "original_name" in each["sql"].split("WHERE")[-1]]
    assert compared
    assert all('"id" > ' in sql for sql in compared)
