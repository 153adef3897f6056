"""A listing is its seller's to change: title, deletion, undo; by page and by API."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from classifier import tasks
from classifier.models import Listing, ModelVersion, Review
from classifier.photos.receiving import listings
from tests.classifier.listings import tag, uploaded_listing
from tests.classifier.reviewing import BOOTS, review, signed_in
from tests.scores import some_scores

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


@pytest.fixture
def api(seller: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(seller)
    return client


def long_ago(listing: Listing) -> None:
    """Let the time for the undo pass."""
    past = timezone.now() - listings.UNDO_WITHIN - timedelta(seconds=1)
    Listing.objects.filter(pk=listing.pk).update(deleted_at=past)


def test_the_title_can_be_changed_on_the_page(seller: User) -> None:
    """The listing's page has the form, and shows the new title."""
    listing, page = uploaded_listing(seller, title=""), signed_in(seller)
    url = f"/listings/{listing.pk}/"
    assert f'action="{url}title/"' in page.get(url).content.decode()
    assert page.post(f"{url}title/", {"title": " Tote in tan "})["Location"] == url
    assert "<h1>Tote in tan</h1>" in page.get(url).content.decode()
    assert page.post(f"{url}title/", {"title": "x" * 201}).status_code == 400


def test_a_deleted_listing_is_out_of_sight_and_comes_back(seller: User) -> None:
    """After the deletion the list offers an undo, which brings all of it back."""
    listing, page = uploaded_listing(seller, title="Tote"), signed_in(seller)
    url, photo = f"/listings/{listing.pk}/", listing.photos.get()
    after = page.post(f"{url}delete/")["Location"]
    assert "“Tote” is deleted." in page.get(after).content.decode()
    assert page.get(url).status_code == 404
    assert page.get(f"/api/v1/photos/{photo.pk}/image/").status_code == 404
    listings.remove_deleted()
    assert page.post(f"{url}restore/")["Location"] == url
    assert page.get(url).status_code == 200


def test_once_the_undo_has_passed_it_is_gone(anna: User, seller: User) -> None:
    """Row, file and what could be learned from it are gone; who decided what stays on record."""
    listing, page = uploaded_listing(seller), signed_in(seller)
    photo = listing.photos.get()
    page.post(f"/listings/{listing.pk}/delete/")
    long_ago(listing)
    assert "Undo" not in page.get(f"/listings/?deleted={listing.pk}").content.decode()
    assert page.post(f"/listings/{listing.pk}/restore/").status_code == 404
    assert default_storage.exists(str(photo.image))
    tasks.remove_files()
    assert not Listing.objects.exists()
    assert not default_storage.exists(str(photo.image))


def test_a_deleted_photo_leaves_the_labels(
    anna: User, seller: User, champion: ModelVersion
) -> None:
    """Its verdict stays on record without a photo, so no training set has it."""
    listing = uploaded_listing(seller)
    tag(champion, some_scores("Shoes", 0.98, "Boots", 0.4))
    review(anna, BOOTS)
    listings.delete(listing)
    long_ago(listing)
    assert listings.remove_deleted() == 1
    assert Review.objects.final().get().photo is None


def test_the_api_changes_deletes_and_restores(api: APIClient, seller: User) -> None:
    """PATCH gives the title, DELETE takes the listing away, and restore brings it back."""
    url = f"/api/v1/listings/{uploaded_listing(seller).pk}/"
    assert api.patch(url, {"title": "Tote"}, format="json").json()["title"] == "Tote"
    assert api.patch(url, {"title": "x" * 201}, format="json").status_code == 400
    assert api.put(url, {"title": "Tote"}, format="json").status_code == 405
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404
    assert api.post(f"{url}restore/").json()["title"] == "Tote"
    assert api.get(url).status_code == 200
    assert api.post(f"{url}restore/").status_code == 404


def test_nobody_changes_anothers_listing(seller: User, other_seller: User, boss: User) -> None:
    """Neither another seller nor staff who see every listing."""
    listing = uploaded_listing(seller, title="Mine")
    for user in (other_seller, boss):
        page, api = signed_in(user), APIClient()
        api.force_authenticate(user)
        for action in ("title", "delete", "restore"):
            assert page.post(f"/listings/{listing.pk}/{action}/").status_code == 404
        url = f"/api/v1/listings/{listing.pk}/"
        assert api.patch(url, {"title": "Yours"}, format="json").status_code == 404
        assert api.delete(url).status_code == 404
    assert Client().post(f"/listings/{listing.pk}/delete/").status_code == 302
    listing.refresh_from_db()
    assert (listing.title, listing.deleted_at) == ("Mine", None)


def test_a_photo_in_the_api_shows_its_verdict(
    api: APIClient, anna: User, seller: User, champion: ModelVersion
) -> None:
    """What a moderator said, and that it was one, stands in the photo beside the model's tag."""
    listing = uploaded_listing(seller)
    tag(champion, some_scores("Shoes", 0.98, "Boots", 0.4))
    url = f"/api/v1/photos/{listing.photos.get().pk}/"
    assert api.get(url).json()["final_label"]["said_by"] == "model"
    review(anna, BOOTS)
    photo = api.get(url).json()
    assert photo["final_label"] == {
        "main": "Shoes",
        "sub": "Boots",
        "said_by": "moderator",
        "confidence": None,
        "words": "Shoes › Boots",
    }
    assert photo["sub"] is None
    in_listing = api.get(f"/api/v1/listings/{listing.pk}/").json()["photos"][0]
    assert in_listing["final_label"] == photo["final_label"]
