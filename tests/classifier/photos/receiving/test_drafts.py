"""A listing grows photo by photo and is its seller's to change; each request may be repeated."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from classifier import tasks
from classifier.models import Listing, ListingPhoto, ModelVersion, Review
from classifier.photos.receiving import drafts, listings
from classifier.review import export
from tests.classifier.listings import tag, upload, uploaded_listing
from tests.classifier.reviewing import BOOTS, review
from tests.databases import in_threads
from tests.pictures import encoded, scene
from tests.scores import some_scores

pytestmark = pytest.mark.usefixtures("no_sample")


@pytest.fixture
def api(seller: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(seller)
    return client


def begin(api: APIClient, key: str = "", **fields: Any) -> int:
    headers = {"Idempotency-Key": key or str(uuid4())}
    answer = api.post("/api/v1/drafts/", fields, format="json", headers=headers)
    assert answer.status_code == 201
    number: int = answer.json()["id"]
    return number


def send(api: APIClient, listing: int, key: str = "", file: Any = None) -> Any:
    url, headers = f"/api/v1/listings/{listing}/photos/", {"Idempotency-Key": key or str(uuid4())}
    return api.post(url, {"photo": file or upload()}, headers=headers)


def other_photo(name: str = "other.png") -> Any:
    return upload(name, encoded(scene(), "PNG"))


def let_undo_pass() -> None:
    past = timezone.now() - listings.UNDO_WITHIN - timedelta(seconds=1)
    ListingPhoto.objects.filter(deleted_at__isnull=False).update(deleted_at=past)


def test_a_draft_grows_photo_by_photo_and_ends(api: APIClient) -> None:
    """It begins without anything; photos keep the order they came in; the title comes later."""
    listing = begin(api)
    url = f"/api/v1/listings/{listing}/"
    assert api.patch(url, {"is_draft": False}, format="json").status_code == 400
    first, second = (send(api, listing).json()["photo"]["id"] for _ in range(2))
    assert api.get(url).json()["is_draft"] is True
    done = api.patch(url, {"title": "Tote", "is_draft": False}, format="json").json()
    assert (done["title"], done["is_draft"]) == ("Tote", False)
    assert [photo["id"] for photo in done["photos"]] == [first, second]
    assert api.patch(url, {"is_draft": True}, format="json").status_code == 400


def test_what_is_asked_twice_is_done_once(api: APIClient, storage_folder: Path) -> None:
    """A repeated draft is the same draft, a repeated photo the same photo, with one file."""
    key, photo_key = str(uuid4()), str(uuid4())
    listing = begin(api, key)
    assert begin(api, f'"{key}"') == listing
    first, again = send(api, listing, photo_key), send(api, listing, photo_key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["photo"]["id"] == again.json()["photo"]["id"]
    assert len(list((storage_folder / "media" / "photos").rglob("*.jpg"))) == 1


@pytest.mark.parametrize("key", ["", "one"])
def test_a_request_without_a_key_is_told_what_is_missing(api: APIClient, key: str) -> None:
    """A header that is missing, or no UUID, is named."""
    answer = api.post("/api/v1/drafts/", headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert answer.json() == {"Idempotency-Key": ["The header Idempotency-Key must be a UUID."]}


def test_the_same_photo_over_several_connections_is_stored_once(
    real_database: str, storage_folder: Path
) -> None:
    """Requests with one key at one moment leave one row and one file."""
    user = User.objects.create_user("somebody")
    listing, key = drafts.begin(seller=user, key=uuid4(), title=""), uuid4()

    def add() -> int:
        return drafts.add_photo(listing=listing, upload=upload(), key=key).photo.pk

    assert len(set(in_threads(4, add))) == 1
    assert listing.photos.count() == 1
    assert len(list((storage_folder / "media" / "photos").rglob("*.jpg"))) == 1


def test_a_bad_photo_is_refused_and_leaves_the_others(api: APIClient) -> None:
    """The sentence names the file; the draft goes on as before."""
    listing = begin(api)
    send(api, listing)
    answer = send(api, listing, file=upload("notes.txt", b"hello"))
    assert answer.status_code == 400
    assert answer.json()["photos"][0].startswith("notes.txt: This file is not a photo")
    assert send(api, listing).status_code == 201


def test_a_listing_takes_so_many_photos(api: APIClient, settings: Settings) -> None:
    """What is over is refused; a removed photo makes room, and comes back no more."""
    settings.PHOTOS_PER_LISTING = 1
    listing = begin(api)
    photo = send(api, listing).json()["photo"]["id"]
    assert "takes 1 photos at most" in send(api, listing).json()["photos"][0]
    api.delete(f"/api/v1/photos/{photo}/")
    assert send(api, listing).status_code == 201
    assert api.post(f"/api/v1/photos/{photo}/restore/").status_code == 400


def test_photos_are_put_in_order(api: APIClient) -> None:
    """The order names every photo once; the first is the cover; a wrong list changes nothing."""
    listing = begin(api)
    first, second = (send(api, listing).json()["photo"]["id"] for _ in range(2))
    url = f"/api/v1/listings/{listing}/"
    after = api.patch(url, {"photos": [second, first]}, format="json").json()
    assert [photo["id"] for photo in after["photos"]] == [second, first]
    for wrong in ([first], [first, first], [first, second, 999], []):
        answer = api.patch(url, {"title": "New", "photos": wrong}, format="json")
        assert answer.status_code == 400
    assert api.get(url).json()["title"] == ""


def test_a_removed_photo_is_out_of_sight_and_comes_back(api: APIClient, seller: User) -> None:
    """Neither listing, file nor address shows it until the undo."""
    listing = uploaded_listing(seller, photos=2)
    photo = listing.photos.first()
    url = f"/api/v1/photos/{photo.pk}/"
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == api.get(f"{url}image/").status_code == 404
    assert len(api.get(f"/api/v1/listings/{listing.pk}/").json()["photos"]) == 1
    tasks.remove_files()
    assert api.post(f"{url}restore/").status_code == 200
    assert [one["id"] for one in api.get(f"/api/v1/listings/{listing.pk}/").json()["photos"]] == [
        one.pk for one in listing.photos.order_by("pk")
    ]


def test_once_the_undo_has_passed_a_photo_is_gone(
    api: APIClient, anna: User, seller: User, champion: ModelVersion
) -> None:
    """Its file goes, the others stay, and at once no label of it is exported or learned from."""
    listing = uploaded_listing(seller, photos=2)
    tag(champion, *[some_scores("Shoes", 0.98, "Boots", 0.4)] * 2)
    review(anna, BOOTS)
    settled = Review.objects.get().photo
    api.delete(f"/api/v1/photos/{settled.pk}/")
    assert list(export.rows()) == []
    let_undo_pass()
    assert api.post(f"/api/v1/photos/{settled.pk}/restore/").status_code == 404
    tasks.remove_files()
    assert listing.photos.count() == 1
    assert not default_storage.exists(str(settled.image))
    assert default_storage.exists(str(listing.photos.get().image))


def test_the_same_photo_sent_again_is_noticed(api: APIClient, other_seller: User) -> None:
    """The answer names the other one of this seller; another seller's is nobody's business."""
    uploaded_listing(other_seller)
    listing = begin(api)
    first = send(api, listing).json()
    assert first["same_as"] is None
    assert send(api, listing, file=other_photo()).json()["same_as"] is None
    again = send(api, begin(api)).json()
    assert again["same_as"] == {"id": first["photo"]["id"], "listing": listing}


def test_nobody_changes_anothers_photos(
    api: APIClient, seller: User, other_seller: User, boss: User
) -> None:
    """Neither another seller nor staff who see every listing; a key of somebody else opens none."""
    key = str(uuid4())
    listing = begin(api, key)
    photo = send(api, listing).json()["photo"]["id"]
    for user in (other_seller, boss):
        stranger = APIClient()
        stranger.force_authenticate(user)
        assert send(stranger, listing).status_code == 404
        assert stranger.delete(f"/api/v1/photos/{photo}/").status_code == 404
        assert begin(stranger, key) != listing
    api.delete(f"/api/v1/photos/{photo}/")
    for user in (other_seller, boss):
        stranger.force_authenticate(user)
        assert stranger.post(f"/api/v1/photos/{photo}/restore/").status_code == 404
    assert Listing.objects.get(pk=listing).photos.count() == 1
