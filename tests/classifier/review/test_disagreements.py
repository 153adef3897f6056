"""A seller disagrees once, and another moderator decides; what was settled says why."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from classifier.models import Disagreement, ListingPhoto, QueueItem, Review
from classifier.review import bulk, direct, history, verdicts, whole_listing
from classifier.review.disagreements import DisagreementError, disagree, give_back, is_answered
from classifier.review.errors import DisagreedError, InvalidVerdictError
from classifier.review.quality.accuracy import override_rates
from classifier.review.queue import cards, claims
from classifier.review.verdicts import Verdict
from tests.classifier.reviewing import BAD, BOOTS, FLATS, record, review, shown, signed_in
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

BLURRED = Verdict(Review.Verdict.BAD_PHOTO, because="blurred", note="Please  hold\nstill.")


@pytest.fixture
def ben() -> User:
    return a_moderator("ben")


@pytest.fixture
def photo() -> ListingPhoto:
    return a_photo(**UNKNOWN)


def against(photo: ListingPhoto, main: str | None = "Shoes", sub: str | None = "Flats") -> Any:
    return disagree(
        seller=photo.listing.seller, photo=photo, main=main, sub=sub, note="They are flat."
    )


def again(photo: ListingPhoto) -> ListingPhoto:
    return ListingPhoto.objects.get(pk=photo.pk)


def test_another_moderator_gets_the_photo_and_decides(
    photo: ListingPhoto, anna: User, ben: User
) -> None:
    """The first is not shown it; the second sees what the seller says, and that verdict stands."""
    first = review(anna, BOOTS)
    against(photo)
    assert claims.claim_next(moderator=anna) is None
    item = shown(ben)
    assert (item.photo, item.blind) == (photo, False)
    words = "The seller disagrees with Shoes › Boots and says: Shoes › Flats. “They are flat.”"
    assert cards.card(item)["disagreement"] == words
    assert not is_answered(again(photo))
    second = record(ben, item, FLATS)
    assert Review.objects.final().get() == second
    assert (second.source, second.sampled) == (Review.Source.DISAGREED, False)
    assert is_answered(again(photo))
    assert Review.objects.verdicts().filter(pk=first.pk).exists()
    told = [event.what for event in history.events(again(photo))]
    assert told[-2:] == [
        "disagreed with Shoes › Boots: “Shoes › Flats” “They are flat.”",
        "settled it as Shoes › Flats (the seller disagreed)",
    ]


def test_a_seller_disagrees_once(photo: ListingPhoto, anna: User, ben: User) -> None:
    """Neither before nor after the answer a second time; the database says so, too."""
    with pytest.raises(DisagreementError, match="No moderator has settled"):
        against(photo)
    first = review(anna, BOOTS)
    with pytest.raises(DisagreementError, match="what the moderator says, too"):
        against(photo, "Shoes", "Boots")
    with pytest.raises(DisagreementError, match="one of the kinds"):
        against(photo, "Bags", "Boots")
    with pytest.raises(DisagreementError, match="one of the kinds"):
        against(photo, None, "Boots")
    against(photo, None, None)
    review(ben, BOOTS)
    with pytest.raises(DisagreementError, match="disagreed once"):
        against(photo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disagreement.objects.create(photo=photo, review=first, seller=photo.listing.seller)
    assert claims.claim_next(moderator=ben) is None


def test_a_photo_that_never_waited_in_the_queue_does_so_now(anna: User, ben: User) -> None:
    """Confirmed from the list, or settled from its page while it could not be read."""
    sure, unread = a_photo(**CONFIDENT), a_photo(**CONFIDENT)
    unread.outcome = unread.main = unread.sub = unread.scores = unread.model_version = None
    unread.main_confidence = unread.sub_confidence = unread.classified_at = None
    unread.status, unread.error = "failed", "It cannot be read."
    unread.save()
    bulk.confirm(moderator=anna, photos=[sure.pk])
    direct.store_direct(verdicts.review_of(unread, moderator=anna, verdict=BAD, key=uuid4()))
    for photo in (sure, unread):
        against(photo)
        assert review(ben, FLATS).photo == photo


def test_the_first_moderator_cannot_get_in_between(photo: ListingPhoto, anna: User) -> None:
    """Neither by undo nor from the photo's page, the grid or a listing's other photo."""
    other = a_photo(listing=photo.listing, **CONFIDENT)
    first = review(anna, BOOTS)
    done = bulk.confirm(moderator=anna, photos=[other.pk])
    against(photo)
    against(other)
    with pytest.raises(DisagreedError):
        verdicts.undo(moderator=anna, review=first.pk)
    with pytest.raises(DisagreedError):
        direct.settled_review(photo.pk, moderator=anna)
    with pytest.raises(DisagreedError):
        bulk.undo(moderator=anna, batch=done.batch)
    third = a_photo(listing=photo.listing, **UNKNOWN)
    assert bulk.confirm(moderator=anna, photos=[photo.pk], verdict=FLATS).count == 0
    own = record(anna, shown(anna), FLATS)
    assert own.photo == third
    assert whole_listing.settle_others(own, verdict=FLATS) == 0
    assert Review.objects.final().get(photo=photo) == first
    assert {item.photo for item in QueueItem.objects.filter(is_open=True)} == {photo, other}


@pytest.mark.parametrize("way", ["queue", "page"])
def test_the_answer_can_be_undone_and_the_photo_waits_again(
    way: str, photo: ListingPhoto, anna: User, ben: User
) -> None:
    """The first verdict stands meanwhile, and still another moderator decides."""
    first = review(anna, BOOTS)
    against(photo)
    if way == "queue":
        answer = review(ben, FLATS)
    else:
        made = verdicts.review_of(photo, moderator=ben, verdict=FLATS, key=uuid4())
        direct.store_direct(made)
        answer = made
    assert not QueueItem.objects.get().is_open
    verdicts.undo(moderator=ben, review=answer.pk)
    assert Review.objects.final().get() == first
    item = QueueItem.objects.get()
    assert (item.is_open, item.round) == (True, QueueItem.DISAGREED)
    assert claims.claim_next(moderator=anna) is None
    claims.release(moderator=ben, claims=[item.claim] if item.claim else [])
    assert review(ben, FLATS).is_final


def test_a_second_review_under_way_is_the_answer(
    photo: ListingPhoto, anna: User, ben: User, settings: Settings
) -> None:
    """It stays blind, whatever the seller says, and its rules settle the photo."""
    settings.REVIEW_SECOND_SHARE = 1.0
    review(anna, BOOTS)
    against(photo)
    item = shown(ben)
    card = cards.card(item)
    assert (item.round, card["blind"], card["disagreement"]) == (2, True, "")
    record(ben, item, BOOTS)
    assert is_answered(again(photo))


def test_figures_about_the_model_leave_these_verdicts_out(anna: User, ben: User) -> None:
    """Sellers choose these photos, so they say nothing of the others."""
    photo = a_photo("Boots", **CONFIDENT)
    bulk.confirm(moderator=anna, photos=[photo.pk])
    against(photo)
    review(ben, FLATS)
    assert override_rates() == []


def test_a_reason_fits_its_verdict_and_a_line_is_one_line(photo: ListingPhoto, anna: User) -> None:
    """Checked by the service and by the database."""
    row = review(anna, BLURRED)
    assert (row.get_because_display(), row.note) == ("It is blurred.", "Please hold still.")
    assert len(verdicts.one_line("a" * 1000)) == Review.LONGEST_NOTE
    for kind in (Review.Verdict.NOT_OURS, Review.Verdict.BAD_PHOTO):
        assert Review.BECAUSE[kind]
    with pytest.raises(InvalidVerdictError, match="no reason 'blurred'"):
        Verdict(Review.Verdict.NOT_OURS, because="blurred")
    with pytest.raises(InvalidVerdictError, match="no reason 'dark'"):
        Verdict(Review.Verdict.SUBCLASS, "Shoes", "Boots", because="dark")
    other = verdicts.review_of(photo, moderator=anna, verdict=BAD, key=uuid4())
    other.because, other.round = "packaging", 5
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_every_reason_is_of_one_verdict() -> None:
    """The list in the code and the constraint in the database name the same."""
    listed = [because for many in Review.BECAUSE.values() for because in many]
    assert sorted(listed) == sorted(Review.Because)
    constraint = next(
        c for c in Review._meta.constraints if c.name == "review_because_fits_verdict"
    )
    assert all(repr(because.value) in str(constraint.deconstruct()) for because in Review.Because)


@pytest.fixture
def owner(photo: ListingPhoto) -> Client:
    return signed_in(photo.listing.seller)


def test_the_page_says_what_was_settled_and_why(
    photo: ListingPhoto, owner: Client, anna: User, ben: User
) -> None:
    """And takes the disagreement, once; strangers cannot."""
    review(anna, BLURRED)
    listing = f"/listings/{photo.listing_id}/"
    page = owner.get(listing).content.decode()
    assert "It is blurred." in page
    assert "The moderator says: “Please hold still.”" in page
    address = f"{listing}photos/{photo.pk}/disagree/"
    assert signed_in(User.objects.create_user("other")).post(address).status_code == 404
    assert signed_in(anna).post(address).status_code == 404
    page = owner.post(address, {"kind": "Flats", "note": "x"}, follow=True).content.decode()
    assert "You disagree: Shoes › Flats. Another moderator will look at it." in page
    assert "I disagree" not in page
    assert owner.post(address, {"kind": "Boots"}).status_code == 400
    review(ben, FLATS)
    assert "another moderator has looked at it" in owner.get(listing).content.decode()


def test_the_api_says_and_takes_the_same(photo: ListingPhoto, owner: Client, anna: User) -> None:
    address = f"/api/v1/photos/{photo.pk}/"
    assert owner.get(address).json()["verdict"] is None
    review(anna, BLURRED)
    verdict = owner.get(address).json()["verdict"]
    assert verdict.items() >= {
        "words": "Bad photo", "main": None, "because": "blurred", "why": "It is blurred.",
        "note": "Please hold still.",
    }.items()  # fmt: skip
    body = {"main": "Shoes", "sub": None, "note": "Look again."}
    answer = owner.post(f"{address}disagree/", body, content_type="application/json")
    assert answer.status_code == 201
    answer = owner.get(address).json()["disagreement"]
    assert answer.items() >= {**body, "answered": False}.items()
    listing = owner.get(f"/api/v1/listings/{photo.listing_id}/").json()
    assert listing["photos"][0]["disagreement"] == answer
    answer = owner.post(f"{address}disagree/", body, content_type="application/json")
    assert answer.status_code == 400
    assert "disagreed once" in answer.content.decode()
    long = {"note": "x" * 201}
    assert (
        owner.post(f"{address}disagree/", long, content_type="application/json").status_code == 400
    )
    other = signed_in(User.objects.create_user("other"))
    assert (
        other.post(f"{address}disagree/", body, content_type="application/json").status_code == 404
    )
    assert Disagreement.objects.get().at <= timezone.now()


def given_back(photo: ListingPhoto, *, after_days: float) -> int:
    """Let the disagreement be so old, and the hourly task run."""
    then = timezone.now() - timedelta(days=after_days)
    QueueItem.objects.filter(photo=photo).update(queued_at=then)
    return give_back()


def test_alone_a_moderator_gets_it_back_marked_as_their_own(
    photo: ListingPhoto, anna: User
) -> None:
    """Nobody else may review, so it waits for nobody; the seller reads who looked again."""
    review(anna, BOOTS)
    against(photo)
    assert claims.claim_next(moderator=anna) is None
    assert given_back(photo, after_days=0) == 1
    item = shown(anna)
    assert "It is your own verdict: nobody else could look at it." in str(
        cards.card(item)["disagreement"]
    )
    second = record(anna, item, FLATS)
    assert Review.objects.final().get() == second
    assert second.source == Review.Source.DISAGREED
    page = signed_in(photo.listing.seller).get(f"/listings/{photo.listing_id}/").content.decode()
    assert "You disagreed, and the moderator has looked at it again." in page


def test_a_colleague_has_three_days(photo: ListingPhoto, anna: User, ben: User) -> None:
    """Then it may go back to the first, too; to the colleague it is not marked as their own."""
    review(anna, BOOTS)
    against(photo)
    assert given_back(photo, after_days=2.9) == 0
    assert claims.claim_next(moderator=anna) is None
    assert given_back(photo, after_days=3.1) == 1
    item = shown(ben)
    assert "your own verdict" not in str(cards.card(item)["disagreement"])
    claims.release(moderator=ben, claims=[item.claim] if item.claim else [])
    assert shown(anna) == item


def test_a_colleague_who_has_gone_is_not_waited_for(
    photo: ListingPhoto, anna: User, ben: User
) -> None:
    """An account that is switched off reviews nothing; what somebody skipped stays skipped."""
    review(anna, BOOTS)
    against(photo)
    ben.is_active = False
    ben.save()
    assert given_back(photo, after_days=0) == 1
    item = shown(anna)
    claims.skip(moderator=anna, claim=item.claim)  # type: ignore[arg-type]  # it is on a screen
    assert given_back(photo, after_days=9) == 0
    assert claims.claim_next(moderator=anna) is None
