"""Tag again: what moderators settled or look at is left alone, and the queue stays in step."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from classifier.models import ListingPhoto, ModelVersion, QueueItem, Review
from classifier.review import bulk, verdicts
from classifier.review.queue import claims
from classifier.review.verdicts import Verdict
from classifier.tagging import reclassification
from classifier.versions import promotion
from tests.databases import in_threads
from tests.rows import a_model, tagged
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_moderator, a_photo
from tests.tagging_again import begun, made_by, store, work

BOOTS = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Boots")
UNSURE = tagged(main_confidence=0.4)
pytestmark = pytest.mark.usefixtures("no_sample")


@pytest.fixture
def anna(real_database: str) -> User:
    return a_moderator("anna")


def test_reviewed_photos_are_never_touched(newer: ModelVersion, anna: User) -> None:
    """Settled in the queue or confirmed from the list: tag and review stay as they were."""
    in_queue, in_list, other = a_photo(**UNKNOWN), a_photo("Boots", **CONFIDENT), a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    verdicts.record_verdict(
        moderator=anna, item=item.pk, claim=item.claim, verdict=BOOTS, seconds=1
    )
    bulk.confirm(moderator=anna, photos=[in_list.pk])
    assert begun().total == 1
    work(newer)
    assert made_by(newer) == {other.pk}
    assert Review.objects.final().filter(photo__in=[in_queue, in_list]).count() == 2


def test_a_photo_on_a_screen_is_left_alone_also_when_the_lease_ran_out(
    newer: ModelVersion, anna: User
) -> None:
    """What a moderator looks at does not change under their eyes, and their verdict counts."""
    photo = a_photo(**UNKNOWN)
    a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    QueueItem.objects.filter(pk=item.pk).update(held_until=timezone.now() - timedelta(hours=1))
    begun()
    assert work(newer) == 1
    assert photo.pk not in made_by(newer)
    review = verdicts.record_verdict(
        moderator=anna, item=item.pk, claim=item.claim, verdict=BOOTS, seconds=1
    )
    assert (review.model_version, review.predicted_outcome) == (photo.model_version, "unknown")


def test_what_is_settled_or_taken_between_taking_and_storing_stays(
    newer: ModelVersion, anna: User
) -> None:
    """The batch was read and predicted meanwhile; under the lock it is looked at again."""
    in_list, on_screen, free = (a_photo("Boots", main=0.9, share=0.5) for _ in range(3))
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    bulk.confirm(moderator=anna, photos=[in_list.pk])
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.photo == on_screen
    assert store(batch, newer) == 1
    assert made_by(newer) == {free.pk}


@pytest.fixture
def confirming(newer: ModelVersion, anna: User) -> Iterator[tuple[ListingPhoto, Any, Any]]:
    """A photo outside the queue, and a moderator's transaction that has just confirmed it."""
    photo = a_photo("Boots", **CONFIDENT)
    stored, go_on = threading.Event(), threading.Event()

    def confirm() -> None:
        with transaction.atomic():
            bulk.confirm(moderator=anna, photos=[photo.pk])
            stored.set()
            go_on.wait(30)

    thread = threading.Thread(target=lambda: in_threads(1, confirm))
    yield photo, (thread, stored), go_on
    go_on.set()
    thread.join()


def test_a_verdict_that_is_about_to_be_stored_counts(
    confirming: tuple[ListingPhoto, Any, Any], newer: ModelVersion
) -> None:
    """Storing waits for a moderator's open transaction, and then sees the review."""
    photo, (thread, stored), go_on = confirming
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    thread.start()
    assert stored.wait(30)
    # Lets go only when the other side has had time to run into the lock.
    threading.Timer(0.5, go_on.set).start()
    assert store(batch, newer) == 0
    assert made_by(newer) == set()
    assert Review.objects.final().get(photo=photo).predicted_sub == "Boots"


def test_the_queue_follows_the_new_tags(newer: ModelVersion) -> None:
    """What the champion is sure of leaves the queue; what it doubts enters it, also once more."""
    doubted, trusted = a_photo(**UNKNOWN), a_photo("Boots", **CONFIDENT)
    assert set(QueueItem.objects.values_list("photo", "is_open")) == {(doubted.pk, True)}
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    reclassification.store(batch, [tagged(), UNSURE], version=newer)
    assert set(QueueItem.objects.values_list("photo", "is_open")) == {
        (doubted.pk, False), (trusted.pk, True),
    }  # fmt: skip
    reclassification.take(version=newer, limit=8)
    newest = a_model("newest")
    promotion.promote(version=newest)
    begun()
    work(newest, UNSURE)
    assert set(QueueItem.objects.values_list("photo", "is_open")) == {
        (doubted.pk, True), (trusted.pk, True),
    }  # fmt: skip


def test_a_photo_has_its_draw_for_the_sample_once(newer: ModelVersion, settings: Settings) -> None:
    """Sure before and after: no second draw, or each new champion would make the sample larger."""
    sure_before, doubted = a_photo("Boots", **CONFIDENT), a_photo(**UNKNOWN)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    begun()
    work(newer)
    assert made_by(newer) == {sure_before.pk, doubted.pk}
    assert list(QueueItem.objects.filter(sampled=True).values_list("photo", flat=True)) == [
        doubted.pk
    ]
