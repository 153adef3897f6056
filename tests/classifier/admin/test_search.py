"""Searches of the admin: among the newest rows, by a seller's name, and by number."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from classifier.admin import search
from classifier.admin.paginator import SearchPaginator
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
    compared = [each["sql"] for each in asked if " LIKE '%BERTA%'" in each["sql"].upper()]
    assert compared
    assert all(sql.count('"id" > ') == 2 for sql in compared)  # of photos and of listings


def test_of_sellers_the_newest_listings_count_together(
    photos: list[ListingPhoto], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not so many of each: of all whose names begin so, whoever they belong to."""
    every = list(Listing.objects.order_by("-pk").values_list("pk", flat=True))
    assert len(every) > 2
    for most in (2, len(every) + 1):
        monkeypatch.setattr(search, "LISTINGS", most)
        assert search.listings_of("seller-") == every[:most]


def test_a_search_ends_and_says_so(
    admin_user: User, photos: list[ListingPhoto], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the newest three of Berta's five; where two are found, nothing is left out."""
    monkeypatch.setattr(SearchPaginator, "MOST", 3)
    assert matches(admin_user, PHOTOS, "seller-Berta") == {photo.pk for photo in photos[-3:]}
    client = signed_in(admin_user)
    sentence = "The first 3; filter or search to see others"
    assert sentence in client.get(reverse(PHOTOS), {"q": "seller-Berta"}).content.decode()
    assert "The first" not in client.get(reverse(PHOTOS), {"q": "seller-Anna"}).content.decode()
    assert "The first" not in client.get(reverse(PHOTOS)).content.decode()


def test_what_has_the_number_is_found_besides_the_newest(
    admin_user: User, photos: list[ListingPhoto], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number stands in names too; the row that bears it comes first of all that are found."""
    monkeypatch.setattr(SearchPaginator, "MOST", 2)
    ListingPhoto.objects.update(original_name=f"IMG {photos[0].pk}.jpg")
    matched = matches(admin_user, PHOTOS, str(photos[0].pk))
    assert matched == {photos[0].pk, photos[-1].pk}


def test_words_may_be_of_a_file_and_of_its_listing(
    admin_user: User, photos: list[ListingPhoto]
) -> None:
    """Each in one of the fields, whichever; what stands in quotation marks is one word."""
    assert len(matches(admin_user, PHOTOS, "berta.jpg coat")) == 5
    assert len(matches(admin_user, PHOTOS, '"coat of" seller-berta')) == 5
    assert matches(admin_user, PHOTOS, '"of coat"') == set()
    assert matches(admin_user, PHOTOS, "berta.jpg dress") == set()


def test_a_filter_comes_before_the_bound(
    admin_user: User, photos: list[ListingPhoto], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Berta's one failed photo is found, though others of hers are newer than the bound allows."""
    monkeypatch.setattr(SearchPaginator, "MOST", 1)
    ListingPhoto.objects.filter(pk=photos[2].pk).update(status="failed", error="It is damaged.")
    query = {"q": "seller-Berta", "status__exact": "failed"}
    rows = signed_in(admin_user).get(reverse(PHOTOS), query).context["cl"].result_list
    assert [row.pk for row in rows] == [photos[2].pk]


def test_the_pages_of_a_search_are_turned_in_the_order_of_the_table(admin_user: User) -> None:
    """Of 120 photos found the third page has the last twenty; its keys are asked for once."""
    numbers = sorted((photo.pk for photo in pending_photos(120)), reverse=True)
    client = signed_in(admin_user)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"{reverse(PHOTOS)}?q=seller-of-photos&p=3")
    assert [row.pk for row in answer.context["cl"].result_list] == numbers[100:]
    assert answer.context["cl"].result_count == 120
    assert not [each["sql"] for each in asked if "COUNT(*)" in each["sql"]]


def test_a_whole_name_finds_this_seller_alone(admin_user: User, photos: list[ListingPhoto]) -> None:
    """Old photos of one whose name goes on would stand among the seller's own."""
    longer = User.objects.create_user("seller-An")
    own = Listing.objects.create(seller=longer, title="A hat")
    pending_photos(6)  # so that what both sold is older than what is looked through
    ListingPhoto.objects.filter(pk=photos[1].pk).update(listing=own)
    assert matches(admin_user, PHOTOS, "seller-An") == {photos[1].pk}
    assert matches(admin_user, PHOTOS, "seller-A") == {photos[0].pk, photos[1].pk}
