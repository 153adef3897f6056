"""Photos and reviews as tables, and labels as files."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from classifier.models import QueueItem
from classifier.review import export, verdicts
from classifier.review.suggestions import suggest
from tests.classifier.reviewing import BOOTS, FLATS, record, review, signed_in
from tests.rows import pending_photos
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_moderator, a_photo, a_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

PHOTOS = "/admin/classifier/listingphoto/"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("reviewed_by=nobody", 1),
        ("reviewed_by=anybody", 1),
        ("sub_confidence_from=0.8", 1),
        ("main_confidence_to=0.95", 1),
        ("outcome__exact=main_class", 1),
        ("q=A listing", 2),
        ("reason__exact=sub_below_threshold", 1),
        ("main__exact=Shoes", 2),
        ("sub__exact=Boots", 1),
        ("model_version__id__exact={version}", 2),
        ("created_at_from={today}", 2),
        ("created_at_to={today}", 2),
        ("created_at_to={yesterday}", 0),
        ("created_at_from=2026-02-31", 2),
    ],
)
def test_the_list_filters(anna: User, query: str, count: int) -> None:
    """Photos are found by all that was said of them, by whom, when, how surely, and by words."""
    a_photo("Boots", **FALLBACK)
    review(anna)
    a_photo("Boots", **CONFIDENT)
    today = timezone.localdate()
    query = query.format(version=a_version().pk, today=today, yesterday=today - timedelta(days=1))
    page = signed_in(anna).get(f"{PHOTOS}?{query}")
    assert page.status_code == 200
    assert page.context["cl"].result_count == count


def test_the_list_filters_by_moderator(anna: User) -> None:
    """One moderator's photos are a click away, and nonsense in the address is no crash."""
    a_photo("Boots", **FALLBACK)
    review(anna)
    client = signed_in(anna)
    for value, count in ((anna.pk, 1), (anna.pk + 1, 0), ("x", 1)):
        assert client.get(f"{PHOTOS}?reviewed_by={value}").context["cl"].result_count == count


@pytest.mark.parametrize(("column", "field"), [(3, "main_confidence"), (4, "sub_confidence")])
def test_sorted_by_a_confidence_the_list_has_tagged_photos_alone(
    anna: User, column: int, field: str
) -> None:
    """The surest or the least sure come first, whatever else has not been tagged."""
    for main, share in ((0.9, 0.7), (0.98, 0.95), (0.8, 0.6)):
        a_photo("Boots", main=main, share=share)
    pending_photos(2)
    client = signed_in(anna)
    for direction in ("", "-"):
        shown = client.get(f"{PHOTOS}?o={direction}{column}").context["cl"]
        values = [getattr(photo, field) for photo in shown.result_list]
        assert values == sorted(values, reverse=bool(direction))
        assert shown.result_count == 3
    assert client.get(f"{PHOTOS}?o=-9").context["cl"].result_count == 5


def test_the_list_and_the_photo_say_what_people_said(anna: User) -> None:
    """The settled label is in the table, the whole story on the photo's page."""
    photo = a_photo("Flats", **FALLBACK)
    suggest(seller=photo.listing.seller, photo=photo, main="Shoes", sub="High Heels")
    verdicts.undo(moderator=anna, review=review(anna, FLATS).pk)
    item = QueueItem.objects.get()
    record(anna, item, BOOTS)
    client = signed_in(anna)
    assert "Shoes › Boots (anna)" in client.get(PHOTOS).content.decode()
    page = client.get(f"{PHOTOS}{photo.pk}/change/").content.decode()
    story = [
        "seller-of-photos sent the photo",
        "a-model tagged it Shoes",
        "seller-of-photos said: Shoes › High Heels",
        "anna said Shoes › Flats (queue), taken back later",
        "anna took back Shoes › Flats",
        "anna settled it as Shoes › Boots (queue)",
    ]
    assert sorted(story, key=page.index) == story
    looker = signed_in(a_moderator("looker", rights=["view_listingphoto"]))
    for path in (PHOTOS, f"{PHOTOS}{photo.pk}/change/"):
        html = looker.get(path).content.decode()
        assert "anna" not in html
        assert "High Heels (" not in html


def test_the_table_needs_few_queries_with_reviews(
    anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Settled labels are fetched for the whole page at once."""
    for _ in range(12):
        a_photo("Boots", **FALLBACK)
        review(anna)
    client = signed_in(anna)
    for path in (PHOTOS, "/admin/classifier/review/"):
        with django_assert_max_num_queries(16):
            client.get(path)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("is_final__exact=1", 1),
        ("verdict__exact=undone", 1),
        ("moderator__id__exact={anna}", 3),
        ("q=anna", 3),
        ("q=nobody", 0),
        ("at_from={tomorrow}", 0),
        ("source__exact=bulk", 0),
    ],
)
def test_reviews_are_filtered_and_searched(anna: User, query: str, count: int) -> None:
    """The table of reviews narrows down by what they are worth, who, when and where."""
    a_photo(**UNKNOWN)
    verdicts.undo(moderator=anna, review=review(anna).pk)
    record(anna, QueueItem.objects.get())
    tomorrow = timezone.localdate() + timedelta(days=1)
    query = query.format(anna=anna.pk, tomorrow=tomorrow)
    page = signed_in(anna).get(f"/admin/classifier/review/?{query}")
    assert page.context["cl"].result_count == count


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
    """Both hold the final reviews and nothing else."""
    photo = a_photo(**UNKNOWN)
    a_photo(**UNKNOWN)
    review(anna, BOOTS)
    verdicts.undo(moderator=anna, review=review(anna, FLATS).pk)
    client, url = signed_in(anna), reverse("admin:review_export")
    text = b"".join(client.get(url, {"format": "csv"})).decode()
    lines = b"".join(client.get(url, {"format": "jsonl"})).decode().splitlines()
    (row,) = csv.DictReader(StringIO(text))
    assert (row["photo"], row["main"], row["sub"]) == (str(photo.pk), "Shoes", "Boots")
    (line,) = map(json.loads, lines)
    assert (line["sha256"], line["moderator"], line["model_version"]) == (
        photo.sha256,
        "anna",
        "a-model",
    )


def test_exports_have_the_sampling_probability(anna: User, settings: Settings) -> None:
    """Whoever computes from the file can weight; what was not sampled has an empty field."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    a_photo(**CONFIDENT)
    a_photo(**UNKNOWN)
    review(anna)
    review(anna)
    lines = [json.loads(line) for line in export.as_json_lines()]
    assert [(line["sampled"], line["sampling_share"]) for line in lines] == [
        (True, 1.0),
        (False, None),
    ]
    assert [row["sampling_share"] for row in csv.DictReader(export.as_csv())] == ["1.0", ""]


@pytest.mark.parametrize("page", ["review_export", "review_quality"])
def test_pages_of_figures_and_exports_want_their_right(page: str, anna: User) -> None:
    """A plain moderator has neither; signed out one is sent to sign in."""
    url = reverse(f"admin:{page}")
    assert Client().get(url).status_code == 302
    assert signed_in(a_moderator("plain")).get(url).status_code == 403
    assert signed_in(anna).get(url).status_code == 200
