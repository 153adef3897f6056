"""Photos that other programs refuse or turn wrongly, as sellers and programs send them."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from classifier.models import Listing, ListingPhoto
from tests.classifier.listings import upload
from tests.odd_photo_files import GOOD, TOO_TALL, TOO_TALL_SAYS, assert_shows

pytestmark = pytest.mark.django_db


def sent(path: Path) -> Any:
    return upload(path.name, path.read_bytes())


def assert_kept(path: Path, photo: ListingPhoto) -> None:
    with photo.image.open() as file, Image.open(file) as image:
        assert_shows(path, image.convert("RGB"))
        assert (photo.width, photo.height) == image.size
        assert not image.getexif()


@pytest.fixture
def api(seller: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(seller)
    return client


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_page_takes_it_as_its_pixels_are(client: Client, seller: User, path: Path) -> None:
    """The form makes a listing of it, turned as the file says and without its metadata."""
    client.force_login(seller)
    answer = client.post("/", {"title": "Tote", "photos": [sent(path)]})
    assert answer["Location"] == f"/listings/{Listing.objects.get().pk}/"
    assert_kept(path, ListingPhoto.objects.get())


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_api_takes_it_as_its_pixels_are(api: APIClient, path: Path) -> None:
    """A program gets 201 with nothing refused, and the picture back as it is meant to be seen."""
    answer = api.post("/api/v1/listings/", {"photos": [sent(path)]}, format="multipart")
    assert answer.status_code == 201
    assert answer.json()["refused"] == []
    (photo,) = answer.json()["photos"]
    assert_kept(path, ListingPhoto.objects.get(pk=photo["id"]))
    shown = api.get(photo["image"])
    with Image.open(BytesIO(b"".join(shown))) as image:
        assert_shows(path, image)


def test_a_photo_that_would_be_a_line_is_refused_by_name_on_the_page(
    client: Client, seller: User
) -> None:
    """33 × 60,000 pixels are refused in words that say what to do, and nothing is kept."""
    client.force_login(seller)
    answer = client.post("/", {"photos": [sent(TOO_TALL)]})
    assert answer.status_code == 400
    assert f"33x60000.png: The photo has 33 x 60000 pixels. {TOO_TALL_SAYS}" in (
        answer.content.decode()
    )
    assert not Listing.objects.exists()


def test_the_api_keeps_all_others_of_one_listing(api: APIClient) -> None:
    """All of them in one listing: the one that cannot be shown is named, each other is kept."""
    files = [*GOOD[:7], TOO_TALL, *GOOD[7:]]
    answer = api.post(
        "/api/v1/listings/", {"photos": [sent(path) for path in files]}, format="multipart"
    )
    assert answer.status_code == 201
    (refused,) = answer.json()["refused"]
    assert refused["position"] == 7
    assert refused["reason"].endswith(TOO_TALL_SAYS)
    assert len(answer.json()["photos"]) == len(GOOD) == 14
    for path, photo in zip(GOOD, answer.json()["photos"], strict=True):
        assert_kept(path, ListingPhoto.objects.get(pk=photo["id"]))
