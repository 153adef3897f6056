"""The seller's lists: searched, filtered, page by page."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from classifier.models import Listing, ListingPhoto, Review, Suggestion
from classifier.review.verdicts import Verdict
from classifier.web import lists
from tests.classifier.reviewing import review
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_moderator, a_photo

# What is drawn for the blind sample would come into the queue before what the tests name.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


@pytest.fixture
def page(client: Client, seller: User) -> Client:
    """A browser in which the seller is signed in."""
    client.force_login(seller)
    return client


@pytest.fixture
def listings(seller: User) -> dict[str, Listing]:
    """A listing of each kind, by its title; one has none."""
    made = {
        title: Listing.objects.create(seller=seller, title=title, is_draft=title == "Väska")
        for title in ("Ärmlös klänning", "Väska", "Ankle boots", "")
    }
    a_photo("Dresses", listing=made["Ärmlös klänning"], **CONFIDENT)
    a_photo("Tote Bags", listing=made["Väska"], **CONFIDENT)
    a_photo("Boots", listing=made["Ankle boots"], **FALLBACK)
    a_photo("Flats", listing=made[""], **UNKNOWN)
    return made


def titles(page: Client, query: str) -> list[str]:
    answer = page.get(f"/listings/?{query}")
    assert answer.status_code == 200
    return [listing.title for listing in answer.context["page"]]


def test_a_search_finds_titles_whatever_their_case(
    page: Client, listings: dict[str, Listing]
) -> None:
    """Å, Ä and Ö too; a listing without a title is found by the number that is shown."""
    assert titles(page, "q=ÄRMLÖS") == ["Ärmlös klänning"]
    assert titles(page, "q=ärmlös") == ["Ärmlös klänning"]
    assert titles(page, "q=boots") == ["Ankle boots"]
    assert titles(page, f"q=Listing {listings[''].pk}") == [""]
    assert titles(page, f"q={'9' * 30}") == []


def test_filters_say_what_they_show(
    page: Client, listings: dict[str, Listing], seller: User
) -> None:
    """Drafts, questions, what is settled, and classes; a verdict stands above the model's tag."""
    assert titles(page, "show=draft") == ["Väska"]
    assert titles(page, "show=question") == ["Ankle boots"]
    assert titles(page, "kind=Bags") == ["Väska"]
    assert titles(page, "kind=Dresses") == ["Ärmlös klänning"]
    assert titles(page, "show=draft&kind=Dresses") == []
    boots = ListingPhoto.objects.get(listing=listings["Ankle boots"])
    Suggestion.objects.create(photo=boots, seller=seller, main="Shoes", sub="Boots")
    assert titles(page, "show=question") == []
    moderator = a_moderator()
    review(moderator)  # of the unknown photo, which comes first: boots
    review(moderator, Verdict(Review.Verdict.SUBCLASS, "Bags", "Tote Bags"))
    assert titles(page, "show=settled") == ["", "Ankle boots"]
    assert titles(page, "kind=Shoes") == [""]
    assert titles(page, "kind=Tote+Bags") == ["Ankle boots", "Väska"]


@pytest.mark.parametrize("query", ["show=nonsense", "kind=Hats", f"q={'a' * 101}", "q=%00", ""])
def test_what_makes_no_sense_is_left_out(
    page: Client, listings: dict[str, Listing], query: str
) -> None:
    """The list shows everything, and no page breaks."""
    assert len(titles(page, query)) == 4
    assert page.get(f"/photos/?{query}").status_code == 200


def test_pages_keep_what_was_looked_for(
    page: Client, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older and newer lead on with the same search; a page that is not there is the last one."""
    monkeypatch.setattr(lists, "LISTINGS_A_PAGE", 2)
    Listing.objects.bulk_create(Listing(seller=seller, title=f"Boots {n}") for n in range(3))
    Listing.objects.create(seller=seller, title="Bag")
    first = page.get("/listings/?q=boots&deleted=1").content.decode()
    assert 'href="?q=boots&amp;page=2"' in first
    assert "Page 1 of 2" in first
    assert titles(page, "q=boots&page=2") == ["Boots 0"]
    assert titles(page, f"q=boots&page={'9' * 30}") == ["Boots 0"]


def test_a_long_list_ends_after_so_many_pages(
    page: Client, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of seven listings four can be turned over; a search finds the others."""
    monkeypatch.setattr(lists, "LISTINGS_A_PAGE", 2)
    monkeypatch.setattr(lists, "MOST_PAGES", 2)
    Listing.objects.bulk_create(Listing(seller=seller, title=f"Boots {n}") for n in range(7))
    last = page.get("/listings/?page=9").content.decode()
    assert "Page 2 of 2" in last
    assert "Search to see older ones." in last
    assert titles(page, "q=boots+0") == ["Boots 0"]


def test_a_later_page_skips_rows_by_their_keys_alone(
    page: Client, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole rows are read of the four on it, in the same order, with all that the page shows."""
    monkeypatch.setattr(lists, "LISTINGS_A_PAGE", 4)
    Listing.objects.bulk_create(Listing(seller=seller, title=f"Boots {n}") for n in range(13))
    with CaptureQueriesContext(connection) as asked:
        shown = titles(page, "page=3")
    assert shown == ["Boots 4", "Boots 3", "Boots 2", "Boots 1"]
    skipping = [each["sql"] for each in asked if "OFFSET 8" in each["sql"]]
    assert skipping
    assert not [sql for sql in skipping if "title" in sql]


def test_photos_are_found_by_listing_and_class(page: Client, listings: dict[str, Listing]) -> None:
    """Each with its label and the way to its listing; others' photos are not there."""
    a_photo("Boots", **CONFIDENT)
    shown = page.get("/photos/").context["page"]
    assert len(shown) == 4
    answer = page.get("/photos/?q=ankle&kind=Shoes")
    (photo,) = answer.context["page"]
    assert photo.listing == listings["Ankle boots"]
    assert f'href="/listings/{photo.listing_id}/"' in answer.content.decode()
