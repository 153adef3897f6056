"""Confirm many photos at once: look first, nothing overwritten, undone as a whole."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review import bulk
from classifier.review.errors import NothingToUndoError
from classifier.review.queue import claims, enqueue
from tests.classifier.reviewing import BOOTS, review, signed_in
from tests.tagged_photos import (
    CONFIDENT,
    FALLBACK,
    UNKNOWN,
    a_moderator,
    a_photo,
    many_photos,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

PHOTOS = "/admin/classifier/listingphoto/"


def act(client: Client, photos: list[ListingPhoto], **more: str) -> str:
    body = {
        "action": "confirm_prediction",
        "_selected_action": [photo.pk for photo in photos],
        **more,
    }
    return client.post(PHOTOS, body, follow=True).content.decode()


def test_bulk_shows_first_and_confirms_then(anna: User) -> None:
    """The preview stores nothing; applying it settles the photos as the model tagged them."""
    photos = [a_photo("Boots", **CONFIDENT), a_photo("Flats", **FALLBACK), a_photo(**UNKNOWN)]
    client = signed_in(anna)
    preview = act(client, photos)
    assert "2 photos will be settled" in preview
    assert "1 no tag to confirm" in preview
    assert not Review.objects.exists()
    assert "2 photos confirmed" in act(client, photos, apply="1")
    rows = Review.objects.final().order_by("photo").values_list("verdict", "sub", "source")
    assert list(rows) == [("subclass", "Boots", "bulk"), ("main_class", None, "bulk")]
    assert not QueueItem.objects.get(photo=photos[1]).is_open


def test_bulk_is_undone_as_a_whole(anna: User) -> None:
    """The link in the message voids all of it, and the photos wait again."""
    photos = [a_photo("Boots", **CONFIDENT), a_photo("Flats", **FALLBACK)]
    done = bulk.confirm(moderator=anna, photos=[photo.pk for photo in photos])
    other = bulk.confirm(moderator=anna, photos=[a_photo(**CONFIDENT).pk])
    client = signed_in(anna)
    url = reverse("admin:review_bulk_undo", args=[done.batch])
    assert "Undone: 2 photos" in client.post(url, follow=True).content.decode()
    assert Review.objects.final().count() == other.count == 1
    assert QueueItem.objects.get(photo=photos[1]).is_open
    assert "no verdict of yours" in client.post(url, follow=True).content.decode()
    with pytest.raises(NothingToUndoError):
        bulk.undo(moderator=a_moderator("ben"), batch=other.batch)


def test_bulk_overwrites_nothing(anna: User, settings: Settings) -> None:
    """What is settled, in the blind sample or on another's screen is left out, with the reason."""
    ben = a_moderator("ben")
    settled, held = a_photo("Flats", **FALLBACK), a_photo("Flats", **FALLBACK)
    review(ben, BOOTS)
    claims.claim_next(moderator=ben)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    sampled = a_photo("Flats", **CONFIDENT)
    done = bulk.confirm(moderator=anna, photos=[settled.pk, held.pk, sampled.pk])
    assert done.count == 0
    assert done.left_out == {
        "already settled": 1,
        "on another moderator's screen": 1,
        "in the blind sample": 1,
    }
    assert Review.objects.final().get().sub == "Boots"


def test_bulk_is_for_moderators_alone() -> None:
    """Staff without the right are not offered it, and cannot post it or its undoing."""
    looker = a_moderator("looker", rights=["view_listingphoto", "view_review"])
    client, photo = signed_in(looker), a_photo(**CONFIDENT)
    assert "confirm_prediction" not in client.get(PHOTOS).content.decode()
    act(client, [photo], apply="1")
    assert not Review.objects.exists()
    undo = reverse("admin:review_bulk_undo", args=[uuid4()])
    assert client.post(undo).status_code == 403
    assert client.get(undo).status_code == 405
    assert Client().post(undo).status_code == 302


def test_the_preview_shows_every_photo_under_its_label(anna: User) -> None:
    """Nobody confirms what they have not seen: each photo is there, with its confidence."""
    photos = [a_photo("Boots", **CONFIDENT) for _ in range(60)]
    preview = act(signed_in(anna), photos)
    assert preview.count("/thumbnail/") == 60
    assert "Shoes › Boots" in preview
    assert preview.count("95 %") == 60


def test_what_was_tagged_anew_since_the_preview_is_left_out(anna: User) -> None:
    """The label that is stored is the one that was shown."""
    kept, changed = a_photo("Boots", **CONFIDENT), a_photo("Boots", **CONFIDENT)
    client = signed_in(anna)
    (seen_at,) = re.findall('name="seen_at" value="(.+?)"', act(client, [kept, changed]))
    changed.sub, changed.classified_at = "Flats", timezone.now()
    changed.save()
    told = act(client, [kept, changed], apply="1", seen_at=seen_at)
    assert "1 photo confirmed. 1 left out: tagged anew since you opened this page." in told
    assert Review.objects.get().photo == kept


def test_undoing_lets_wait_again_only_what_waited(anna: User) -> None:
    """A photo that had left the queue because a later model was sure of it does not come back."""
    waits, left = a_photo("Boots", **FALLBACK), a_photo("Boots", **FALLBACK)
    left.outcome, left.sub, left.reason = "subclass", "Boots", None
    left.save()
    enqueue.enqueue([left])
    done = bulk.confirm(moderator=anna, photos=[waits.pk, left.pk])
    assert bulk.undo(moderator=anna, batch=done.batch) == 2
    assert [item.photo for item in QueueItem.objects.filter(is_open=True)] == [waits]


def test_a_large_selection_takes_few_queries(anna: User) -> None:
    """Confirming and undoing 200 photos holds the database no longer than it must."""
    photos = [photo.pk for photo in many_photos(200, **FALLBACK)]
    with CaptureQueriesContext(connection) as queries:
        done = bulk.confirm(moderator=anna, photos=photos)
        bulk.undo(moderator=anna, batch=done.batch)
    assert len(queries) < 40
    assert Review.objects.verdicts().count() == 0
    assert QueueItem.objects.filter(is_open=True).count() == 200
