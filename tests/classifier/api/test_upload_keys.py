"""An upload that is sent again under the same key is stored once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from classifier.models import Listing
from tests.classifier.listings import upload
from tests.databases import in_threads


def send(seller: User, key: str, *files: Any) -> Any:
    api = APIClient()
    api.force_authenticate(seller)
    photos = {"photos": list(files or [upload("a.jpg")])}
    return api.post("/api/v1/listings/", photos, headers={"Idempotency-Key": key})


@pytest.mark.django_db
def test_the_same_key_brings_the_same_listing(seller: User) -> None:
    """Whoever saw an error after the upload was stored gets its answer, refusals included."""
    broken = upload("b.txt", b"no photo")
    first = send(seller, "one", upload("a.jpg"), broken)
    again = send(seller, "one", upload("a.jpg"), broken)
    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()
    assert len(first.json()["refused"]) == 1
    assert Listing.objects.count() == 1


@pytest.mark.django_db
def test_another_key_or_another_seller_is_another_upload(seller: User) -> None:
    """Keys are a seller's own."""
    other = User.objects.create_user("other")
    for who, key in [(seller, "one"), (seller, "two"), (other, "one"), (seller, ""), (seller, "")]:
        assert send(who, key).status_code == 201
    assert Listing.objects.count() == 5


@pytest.mark.django_db
def test_a_key_that_is_too_long_is_refused(seller: User) -> None:
    """With a sentence, and nothing is stored."""
    answer = send(seller, "x" * 101)
    assert answer.status_code == 400
    assert "at most 100 printable ASCII characters" in answer.json()["detail"]
    assert not Listing.objects.exists()


@pytest.mark.usefixtures("real_database")
def test_twice_at_once_is_stored_once(storage_folder: Any) -> None:
    """Four of the same at the same time: one listing, one file, four equal answers."""
    seller = User.objects.create_user("seller")
    answers = in_threads(4, lambda: send(seller, "one"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Listing.objects.count() == 1
    assert len(list((storage_folder / "media" / "photos").rglob("*.jpg"))) == 1
