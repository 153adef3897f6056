"""Photos and reviews as tables, and labels as files."""

import csv
import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from classifier.review import verdicts
from tests.classifier.reviewing import BOOTS, FLATS, review, signed_in
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

PHOTOS = "/admin/classifier/listingphoto/"


@pytest.mark.parametrize(
    ("query", "found"),
    [("reviewed_by=nobody", 1), ("reviewed_by=anybody", 1), ("sub_confidence_from=0.8", 1),
     ("main_confidence_to=0.95", 1), ("outcome__exact=main_class", 1), ("q=A listing", 2)],
)  # fmt: skip
def test_the_list_filters(anna: User, query: str, found: int) -> None:
    """Photos are found by who reviewed them, confidence, outcome and words."""
    a_photo("Boots", **FALLBACK)
    review(anna)
    a_photo("Boots", **CONFIDENT)
    page = signed_in(anna).get(f"{PHOTOS}?{query}")
    assert page.status_code == 200
    assert page.context["cl"].result_count == found


def test_the_list_filters_by_moderator(anna: User) -> None:
    """One moderator's photos are a click away, and nonsense in the address is no crash."""
    a_photo("Boots", **FALLBACK)
    review(anna)
    client = signed_in(anna)
    for value, found in ((anna.pk, 1), (anna.pk + 1, 0), ("x", 1)):
        assert client.get(f"{PHOTOS}?reviewed_by={value}").context["cl"].result_count == found


def test_reviews_are_listed_and_cannot_be_touched(anna: User) -> None:
    """The table of reviews is for reading, whoever looks."""
    a_photo(**UNKNOWN)
    row = review(anna)
    client = signed_in(User.objects.create_superuser("boss"))
    base = "/admin/classifier/review/"
    assert "Photo" in client.get(base).content.decode()
    assert client.get(f"{base}{row.pk}/change/").status_code == 200
    assert client.post(f"{base}{row.pk}/change/", {"verdict": "bad_photo"}).status_code == 403
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_labels_are_exported_as_csv_and_json_lines(anna: User) -> None:
    """Both hold the standing reviews and nothing else."""
    photo = a_photo(**UNKNOWN)
    a_photo(**UNKNOWN)
    review(anna, BOOTS)
    verdicts.undo(moderator=anna, review=review(anna, FLATS).pk)
    client, url = signed_in(anna), reverse("admin:review_export")
    text = b"".join(client.get(url, {"format": "csv"})).decode()  # type: ignore[arg-type]  # a stream
    lines = b"".join(client.get(url, {"format": "jsonl"})).decode().splitlines()  # type: ignore[arg-type]
    (row,) = csv.DictReader(StringIO(text))
    assert (row["photo"], row["main"], row["sub"]) == (str(photo.pk), "Shoes", "Boots")
    (line,) = map(json.loads, lines)
    assert (line["sha256"], line["moderator"], line["model_version"]) == (
        photo.sha256, "anna", "a-model",
    )  # fmt: skip


@pytest.mark.parametrize("page", ["review_export", "review_quality"])
def test_pages_of_figures_and_exports_want_their_right(page: str, anna: User) -> None:
    """A plain moderator has neither; signed out one is sent to sign in."""
    url = reverse(f"admin:{page}")
    assert Client().get(url).status_code == 302
    assert signed_in(a_moderator("plain")).get(url).status_code == 403
    assert signed_in(anna).get(url).status_code == 200
