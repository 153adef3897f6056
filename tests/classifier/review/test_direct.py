"""Verdicts on photos that a moderator chose: they replace what stood, and the record keeps both."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review import direct, verdicts
from classifier.review.errors import (
    MayNotOverruleError,
    PhotoGoneError,
    ReviewedMeanwhileError,
    SettledElsewhereError,
)
from classifier.review.quality.accuracy import unbiased_accuracy
from classifier.review.verdicts import Verdict
from tests.classifier.reviewing import BAD, BOOTS, EVERYTHING, FLATS, record, shown
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


@pytest.fixture
def ben() -> User:
    """A moderator who may not overrule others."""
    return a_moderator("ben", rights=["add_review", "view_listingphoto"])


@pytest.fixture
def lead() -> User:
    """A moderator who may."""
    return a_moderator("lead", rights=[*EVERYTHING, "overrule_review"])


def settle(
    moderator: User, photo: ListingPhoto, verdict: Verdict = BOOTS, seen: Review | None = None
) -> Review:
    return direct.settle(
        moderator=moderator,
        photo=photo.pk,
        key=uuid4(),
        seen=seen.pk if seen else None,
        verdict=verdict,
        seconds=2.0,
    )


def final(photo: ListingPhoto) -> Review:
    return Review.objects.final().get(photo=photo)


def test_a_confident_tag_can_be_put_right(ben: User) -> None:
    """A photo that never was in the queue is settled as the moderator says."""
    photo = a_photo("Flats", **CONFIDENT)
    review = settle(ben, photo, BOOTS)
    assert final(photo) == review
    assert (review.source, review.predicted_sub, review.seconds) == ("direct", "Flats", 2.0)
    assert not QueueItem.objects.exists()


def test_a_chosen_photo_leaves_the_queue(ben: User, lead: User) -> None:
    """Settled from its page, a photo waits no more, and who had it on the screen is told so."""
    photo = a_photo(**UNKNOWN)
    on_screen = shown(lead)
    settle(ben, photo)
    assert not QueueItem.objects.get().is_open
    with pytest.raises(SettledElsewhereError):
        record(lead, on_screen, FLATS)


def test_a_later_verdict_replaces_an_earlier_and_both_are_kept(ben: User, lead: User) -> None:
    """The record has both rows; the later one counts, and its undoing lets the earlier stand."""
    photo = a_photo(**UNKNOWN)
    old = record(ben, shown(ben), FLATS)
    new = settle(lead, photo, BOOTS, seen=old)
    old.refresh_from_db()
    assert (final(photo), old.is_final, old.voided) == (new, False, False)
    again = settle(lead, photo, BAD, seen=new)
    assert final(photo) == again
    verdicts.undo(moderator=lead, review=again.pk)
    assert final(photo) == new
    verdicts.undo(moderator=lead, review=new.pk)
    assert final(photo) == old
    assert Review.objects.count() == 5


def test_ones_own_verdict_needs_no_right_and_anothers_does(ben: User, lead: User) -> None:
    """Who may not overrule corrects their own mistakes alone."""
    photo = a_photo(**UNKNOWN)
    own = record(ben, shown(ben), FLATS)
    corrected = settle(ben, photo, BOOTS, seen=own)
    overruled = settle(lead, photo, BAD, seen=corrected)
    with pytest.raises(MayNotOverruleError, match="lead has settled this photo"):
        settle(ben, photo, BOOTS, seen=overruled)
    assert final(photo) == overruled


def test_a_verdict_given_meanwhile_is_not_overwritten(ben: User, lead: User) -> None:
    """Who saw an unsettled photo, or another verdict, is told what it was settled as since."""
    photo = a_photo(**UNKNOWN)
    record(ben, shown(ben), FLATS)
    with pytest.raises(ReviewedMeanwhileError, match="as Shoes › Flats"):
        settle(lead, photo, BOOTS)
    assert final(photo).sub == "Flats"


def test_undone_a_first_verdict_lets_the_photo_wait_again(ben: User) -> None:
    """Nobody has settled it then, so the queue has it back."""
    photo = a_photo(**UNKNOWN)
    review = settle(ben, photo)
    verdicts.undo(moderator=ben, review=review.pk)
    assert not Review.objects.final().exists()
    assert QueueItem.objects.get().is_open


def test_sent_twice_a_chosen_verdict_counts_once(ben: User) -> None:
    """The same key gives the same review."""
    photo, key = a_photo(**UNKNOWN), uuid4()
    both = [
        direct.settle(
            moderator=ben, photo=photo.pk, key=key, seen=None, verdict=verdict, seconds=None
        )
        for verdict in (BOOTS, FLATS)
    ]
    assert both[0] == both[1]
    assert Review.objects.get().sub == "Boots"


def test_a_deleted_photo_cannot_be_settled(ben: User) -> None:
    """The page says that it is gone."""
    photo = a_photo(**UNKNOWN)
    ListingPhoto.objects.all().delete()
    with pytest.raises(PhotoGoneError):
        settle(ben, photo)


def test_the_blind_sample_stays_unbiased(ben: User, lead: User, settings: Settings) -> None:
    """A chosen verdict changes neither that the sample is reviewed blind nor what it counts."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    photo = a_photo("Flats", **CONFIDENT)
    direct_review = settle(lead, photo, BOOTS)
    blind = record(ben, shown(ben), FLATS)
    assert (final(photo), blind.is_final) == (direct_review, False)
    accuracy = unbiased_accuracy()
    assert accuracy is not None
    assert (accuracy.value, accuracy.of) == (1.0, 1)
