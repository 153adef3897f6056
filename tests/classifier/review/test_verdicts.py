"""Verdicts: stored once, standing alone, never overwritten, undone by a new row."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from classifier.models import Exclusion, QueueItem, Review
from classifier.review import verdicts
from classifier.review.errors import (
    HeldElsewhereError,
    InvalidVerdictError,
    NothingToUndoError,
    PhotoGoneError,
    ReviewedAgainError,
    SettledElsewhereError,
)
from classifier.review.queue import claims
from classifier.review.verdicts import Verdict
from tests.classifier.review.queue.test_claims import lapse
from tests.classifier.reviewing import BAD, BOOTS, FLATS, record, shown
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


@pytest.fixture
def ben() -> User:
    return a_moderator("ben")


@pytest.fixture
def cleo() -> User:
    return a_moderator("cleo")


def test_a_review_keeps_who_how_long_and_what_the_model_said(anna: User) -> None:
    """The row says all that is needed to judge moderator and model later."""
    photo = a_photo("Flats", **FALLBACK)
    review = record(anna, shown(anna))
    review.refresh_from_db()
    assert (review.photo, review.moderator, review.seconds) == (photo, anna, 1.5)
    assert (review.verdict, review.main, review.sub) == ("subclass", "Shoes", "Boots")
    assert (review.predicted_outcome, review.predicted_main, review.predicted_sub) == (
        "main_class",
        "Shoes",
        None,
    )
    assert (review.predicted_main_confidence, review.predicted_sub_confidence) == (0.9, 0.5)
    assert review.model_version == photo.model_version
    assert review.is_final


def test_sent_twice_a_verdict_counts_once(anna: User) -> None:
    """The second of two submissions of one showing gives the first's review, whatever it says."""
    a_photo(**UNKNOWN)
    item = shown(anna)
    assert record(anna, item, BOOTS) == record(anna, item, FLATS)
    assert Review.objects.count() == 1
    assert Review.objects.get().sub == "Boots"


def test_a_lapsed_lease_loses_no_verdict_while_the_photo_is_free(anna: User) -> None:
    """Back from a break, the verdict still counts when nobody took the photo."""
    a_photo(**UNKNOWN)
    item = shown(anna)
    lapse(item)
    assert record(anna, item).is_final


def test_who_lost_a_photo_is_told_so_kindly(anna: User, ben: User) -> None:
    """A verdict on a photo another holds, settled or that is gone changes nothing and says why."""
    photo = a_photo(**UNKNOWN)
    stale = shown(anna)
    lapse(stale)
    held = shown(ben)
    with pytest.raises(HeldElsewhereError, match="someone else is looking"):
        record(anna, stale)
    record(ben, held, FLATS)
    with pytest.raises(SettledElsewhereError, match="Someone else settled"):
        record(anna, stale)
    assert Review.objects.get().moderator == ben
    photo.listing.delete()
    with pytest.raises(PhotoGoneError, match="deleted meanwhile"):
        record(anna, stale)


def test_deleting_a_photo_keeps_its_reviews(anna: User) -> None:
    """Who decided what stays on record without the photo."""
    photo = a_photo(**UNKNOWN)
    review = record(anna, shown(anna))
    photo.delete()
    review.refresh_from_db()
    assert review.photo is None
    assert review.sub == "Boots"


@pytest.mark.parametrize(
    ("kind", "main", "sub"),
    [
        ("subclass", "Bags", "Boots"),
        ("subclass", "Shoes", None),
        ("subclass", "Shoes", "Hats"),
        ("main_class", "Hats", None),
        ("main_class", "Shoes", "Boots"),
        ("not_ours", "Shoes", None),
        ("bad_photo", None, "Boots"),
        ("undone", None, None),
    ],
)
def test_a_verdict_must_make_sense(kind: str, main: str | None, sub: str | None) -> None:
    """A subclass of another main class, and the like, is refused with a sentence."""
    with pytest.raises(InvalidVerdictError):
        Verdict(Review.Verdict(kind), main, sub)


def test_the_database_refuses_a_second_final_review(anna: User, ben: User) -> None:
    """Whoever writes past the services, one review stands for a photo."""
    photo = a_photo(**UNKNOWN)
    record(anna, shown(anna))
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            photo=photo, moderator=ben, key=uuid4(), verdict="not_ours", is_final=True
        )
    with pytest.raises(SettledElsewhereError):
        verdicts.store(verdicts.review_of(photo, moderator=ben, verdict=BAD, key=uuid4()))


@pytest.mark.parametrize(
    "change",
    [
        {"sub": "Flats"},
        {"verdict": "bad_photo", "main": None, "sub": None},
        {"seconds": 0.1},
        {"key": uuid4()},
        {"predicted_main": "Bags"},
    ],
)
def test_the_database_refuses_to_change_a_review(anna: User, change: dict[str, object]) -> None:
    """A trigger keeps every row as it was written."""
    a_photo(**UNKNOWN)
    review = record(anna, shown(anna))
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(**change)
    with pytest.raises(TypeError, match="never deleted"):
        review.delete()
    with pytest.raises(TypeError, match="never deleted"):
        Review.objects.all().delete()


def test_the_database_refuses_to_delete_a_review(anna: User) -> None:
    """Whoever writes past the models meets a trigger; a deleted photo leaves its review."""
    photo = a_photo(**UNKNOWN)
    review = record(anna, shown(anna))
    with (
        pytest.raises(IntegrityError, match="never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM classifier_review")
    photo.delete()
    review.refresh_from_db()
    assert (review.photo_id, review.sub) == (None, "Boots")


def test_undo_adds_a_row_and_brings_the_photo_back(anna: User) -> None:
    """The old row stays, voided; the photo is on the same moderator's screen again."""
    photo = a_photo(**UNKNOWN)
    old = record(anna, shown(anna), FLATS)
    again = verdicts.undo(moderator=anna, review=old.pk)
    assert again is not None
    assert again.photo == photo
    old.refresh_from_db()
    assert (old.is_final, old.voided, old.voided_by.verdict) == (False, True, "undone")
    assert record(anna, again, BOOTS).is_final
    assert [review.verdict for review in Review.objects.order_by("id")] == [
        "subclass",
        "undone",
        "subclass",
    ]


def test_undo_is_once_and_for_ones_own(anna: User, ben: User) -> None:
    """Nobody undoes for another, and nothing is undone twice or brought back to life."""
    a_photo(**UNKNOWN)
    review = record(anna, shown(anna))
    with pytest.raises(NothingToUndoError):
        verdicts.undo(moderator=ben, review=review.pk)
    verdicts.undo(moderator=anna, review=review.pk)
    with pytest.raises(NothingToUndoError):
        verdicts.undo(moderator=anna, review=review.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(voided=False)


def test_a_second_opinion_is_another_moderators_and_blind(
    anna: User, ben: User, settings: Settings
) -> None:
    """The first moderator does not get the photo again; who agrees closes it."""
    settings.REVIEW_SECOND_SHARE = 1.0
    a_photo(**UNKNOWN)
    first = record(anna, shown(anna))
    assert claims.claim_next(moderator=anna) is None
    item = shown(ben)
    assert (item.round, item.blind) == (2, True)
    second = record(ben, item, BOOTS)
    assert (first.is_final, second.is_final, second.blind) == (True, False, True)
    assert not QueueItem.objects.get().is_open


def test_a_third_opinion_settles_a_disagreement(
    anna: User, ben: User, cleo: User, settings: Settings
) -> None:
    """Two who disagree are followed by a third, whose verdict stands; undone, the first does."""
    settings.REVIEW_SECOND_SHARE = 1.0
    photo = a_photo(**UNKNOWN)
    first = record(anna, shown(anna), BOOTS)
    record(ben, shown(ben), FLATS)
    with pytest.raises(ReviewedAgainError):
        verdicts.undo(moderator=anna, review=first.pk)
    assert claims.claim_next(moderator=ben) is None
    third = record(cleo, shown(cleo), FLATS)
    assert Review.objects.final().get(photo=photo) == third
    assert Exclusion.objects.count() == 2
    verdicts.undo(moderator=cleo, review=third.pk)
    assert Review.objects.final().get(photo=photo) == first


def test_a_settled_photo_keeps_its_label_when_it_is_tagged_anew(anna: User) -> None:
    """A model that is of another opinion neither reopens nor changes what a moderator settled."""
    from classifier.review.queue import enqueue

    photo = a_photo(**UNKNOWN)
    review = record(anna, shown(anna))
    photo.outcome = "main_class"
    enqueue.enqueue([photo])
    assert not QueueItem.objects.get().is_open
    assert Review.objects.final().get() == review


def test_the_sample_is_marked_in_the_review(anna: User, settings: Settings) -> None:
    """A blind verdict on a sampled photo keeps that it was sampled, the probability, and blind."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    a_photo(**CONFIDENT)
    review = record(anna, shown(anna))
    assert (review.sampled, review.sampling_share, review.blind) == (True, 1.0, True)


def test_undo_and_later_reviews_keep_the_sample(
    anna: User, ben: User, cleo: User, settings: Settings
) -> None:
    """Undone, given again, reviewed three times: every row has the same probability."""
    settings.REVIEW_SAMPLE_SHARE = settings.REVIEW_SECOND_SHARE = 1.0
    a_photo(**CONFIDENT)
    settings.REVIEW_SAMPLE_SHARE = 0.25  # changed since
    again = verdicts.undo(moderator=anna, review=record(anna, shown(anna)).pk)
    assert again is not None
    record(anna, again, BOOTS)
    record(ben, shown(ben), FLATS)
    record(cleo, shown(cleo), FLATS)
    rows = Review.objects.order_by("id").values_list("verdict", "round", "sampling_share")
    assert list(rows) == [
        ("subclass", 1, 1.0),
        ("undone", 1, 1.0),
        ("subclass", 1, 1.0),
        ("subclass", 2, 1.0),
        ("subclass", 3, 1.0),
    ]
    assert Review.objects.final().get().moderator == cleo


def test_a_blind_verdict_given_again_gets_a_second_review(
    anna: User, ben: User, settings: Settings
) -> None:
    """After the first the model's guess was told, so who changes their mind has seen it."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    a_photo("Boots", **CONFIDENT)
    again = verdicts.undo(moderator=anna, review=record(anna, shown(anna), FLATS).pk)
    assert again is not None
    assert record(anna, again, BOOTS).is_final
    assert claims.claim_next(moderator=anna) is None
    item = shown(ben)
    assert (item.round, item.blind) == (2, True)
    record(ben, item, BOOTS)
    assert not QueueItem.objects.get().is_open
