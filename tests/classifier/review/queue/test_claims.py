"""The queue: who gets which photo next, and that no photo is on two screens."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from classifier.models import ListingPhoto, QueueItem
from classifier.review.errors import HeldElsewhereError
from classifier.review.queue import claims, enqueue
from classifier.review.suggestions import suggest
from tests.classifier.reviewing import review
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_moderator, a_photo, scores_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


@pytest.fixture
def ben() -> User:
    return a_moderator("ben")


def photos_in_order(moderator: User) -> list[ListingPhoto]:
    shown = []
    while (item := claims.claim_next(moderator=moderator)) is not None:
        shown.append(item.photo)
    return shown


def lapse(item: QueueItem) -> None:
    """Let the lease of an item run out."""
    QueueItem.objects.filter(pk=item.pk).update(held_until=timezone.now() - timedelta(seconds=1))


def test_unknown_comes_before_fallbacks_and_the_oldest_first(anna: User) -> None:
    """The order is unknown, then main-class fallbacks, each by age."""
    now = timezone.now()
    young_fallback = a_photo(at=now, **FALLBACK)
    old_fallback = a_photo(at=now - timedelta(hours=2), **FALLBACK)
    young_unknown = a_photo(at=now, **UNKNOWN)
    old_unknown = a_photo(at=now - timedelta(hours=1), **UNKNOWN)
    assert photos_in_order(anna) == [old_unknown, young_unknown, old_fallback, young_fallback]


def test_confident_photos_do_not_wait_unless_sampled(anna: User, settings: Settings) -> None:
    """A confident photo enters the queue only through the sample, and then blind and marked."""
    a_photo(**CONFIDENT)
    assert photos_in_order(anna) == []
    settings.REVIEW_SAMPLE_SHARE = 1.0
    sampled = a_photo(**CONFIDENT)
    (item,) = QueueItem.objects.all()
    assert (item.photo, item.sampled, item.blind) == (sampled, True, True)


def test_the_sample_has_the_share_that_is_set(settings: Settings) -> None:
    """Of 600 confident photos about one in five is sampled when a fifth is asked for."""
    from tests.tagged_photos import many_photos

    settings.REVIEW_SAMPLE_SHARE = 0.2
    many_photos(600, **CONFIDENT)
    # 120 are to be expected; these bounds are five standard deviations away.
    assert 70 < QueueItem.objects.filter(sampled=True).count() < 170


def test_two_moderators_never_see_the_same_photo(anna: User, ben: User) -> None:
    """What one has on the screen the other does not get."""
    first, second = a_photo(**UNKNOWN), a_photo(**UNKNOWN)
    shown_to_anna, shown_to_ben = (
        claims.claim_next(moderator=anna),
        claims.claim_next(moderator=ben),
    )
    assert shown_to_anna is not None
    assert shown_to_ben is not None
    assert [shown_to_anna.photo, shown_to_ben.photo] == [first, second]
    assert claims.claim_next(moderator=ben) is None


def test_a_silent_screen_loses_its_photo_after_a_minute(anna: User, ben: User) -> None:
    """A lease runs out after sixty seconds without a heartbeat, and others get the photo."""
    a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.held_until is not None
    assert 50 < (item.held_until - timezone.now()).total_seconds() <= 60
    lapse(item)
    again = claims.claim_next(moderator=ben)
    assert again is not None
    assert again.pk == item.pk
    assert again.claim != item.claim


def test_a_heartbeat_renews_and_says_what_was_lost(anna: User, ben: User) -> None:
    """A lapsed lease is renewed unless somebody took the photo; then the heartbeat says so."""
    a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    lapse(item)
    assert claims.keep(moderator=anna, claims=[item.claim, uuid4()]) == {item.claim}
    assert claims.claim_next(moderator=ben) is None
    lapse(item)
    claims.claim_next(moderator=ben)
    assert claims.keep(moderator=anna, claims=[item.claim]) == set()


def test_nobody_renews_or_releases_for_another(anna: User, ben: User) -> None:
    """A token is worth nothing in another moderator's hands."""
    a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    assert claims.keep(moderator=ben, claims=[item.claim]) == set()
    claims.release(moderator=ben, claims=[item.claim])
    assert claims.claim_next(moderator=ben) is None


def test_closing_the_page_gives_the_photo_back(anna: User, ben: User) -> None:
    """A released photo is free at once."""
    photo = a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    claims.release(moderator=anna, claims=[item.claim])
    assert photos_in_order(ben) == [photo]


def test_skipping_is_for_one_moderator_and_can_be_taken_back(anna: User, ben: User) -> None:
    """A skipped photo goes to others, not to who skipped it, until they ask for it again."""
    photo = a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    claims.skip(moderator=anna, claim=item.claim)
    assert claims.claim_next(moderator=anna) is None
    held = claims.claim_next(moderator=ben)
    assert held is not None
    with pytest.raises(HeldElsewhereError):
        claims.take_back(moderator=anna, item=item.pk)
    assert held.claim is not None
    claims.release(moderator=ben, claims=[held.claim])
    assert claims.take_back(moderator=anna, item=item.pk).photo == photo


def test_skipped_photos_are_not_lost(anna: User) -> None:
    """When a moderator has skipped all there is, they can have all of it again."""
    photos = [a_photo(**UNKNOWN), a_photo(**UNKNOWN)]
    while (item := claims.claim_next(moderator=anna)) is not None:
        assert item.claim is not None
        claims.skip(moderator=anna, claim=item.claim)
    assert claims.show_skipped_again(moderator=anna) == 2
    assert photos_in_order(anna) == photos


def test_a_new_tag_moves_an_open_photo(anna: User) -> None:
    """A photo that a better model is sure of leaves the queue; one it is unsure of moves."""
    sure, unsure = a_photo(**UNKNOWN), a_photo("Boots", **UNKNOWN)
    sure.outcome, unsure.outcome = "subclass", "main_class"
    unsure.scores = scores_for("Flats", **FALLBACK).as_dict()
    enqueue.enqueue([sure, unsure])
    items = {item.photo_id: item for item in QueueItem.objects.all()}
    assert not items[sure.pk].is_open
    assert (items[unsure.pk].rank, items[unsure.pk].predicted_sub) == (1, "Flats")


def test_the_informative_order_prefers_small_margins_and_varies(
    anna: User, settings: Settings
) -> None:
    """With active learning the closest calls come first, not all of one class in a row."""
    settings.REVIEW_ORDER = "informative"
    clear = a_photo("Boots", main=0.5, share=0.69)
    first = a_photo("Boots", main=0.5, share=0.30)
    same = a_photo("Boots", main=0.5, share=0.31)
    other = a_photo("Clutches", main=0.5, share=0.33)
    assert photos_in_order(anna) == [first, other, same, clear]


def test_a_sampled_photo_keeps_its_sampling_probability(settings: Settings) -> None:
    """Whoever weights sampled photos later needs the share of that day; what fell back has none."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    sampled, unknown = a_photo(**CONFIDENT), a_photo(**UNKNOWN)
    probabilities = dict(QueueItem.objects.values_list("photo", "sampling_share"))
    assert probabilities == {sampled.pk: 1.0, unknown.pk: None}


@pytest.mark.parametrize(
    "wrong", [{"sampling_share": 0.5}, {"sampled": True, "sampling_share": 0.0}]
)
def test_the_database_refuses_a_probability_without_a_sample(
    wrong: dict[str, object],
) -> None:
    """Only a sampled photo has a sampling probability, and it is above 0."""
    a_photo(**UNKNOWN)
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueItem.objects.update(**wrong)


def test_a_photo_waits_again_when_a_later_model_is_unsure(anna: User) -> None:
    """Sure, then unsure: a photo that left the queue unsettled comes back; held ones stay."""
    photo = a_photo(**UNKNOWN)
    for outcome, shows in (("subclass", []), ("main_class", [photo])):
        photo.outcome = outcome
        enqueue.enqueue([photo])
        assert photos_in_order(anna) == shows
    photo.outcome = "subclass"
    enqueue.enqueue([photo])
    assert QueueItem.objects.get().is_open  # it is on anna's screen


def test_what_a_later_model_is_sure_of_is_sampled_like_the_rest(settings: Settings) -> None:
    """A photo that was unsure before may get into the sample, and then stays in it."""
    photo = a_photo(**UNKNOWN)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    for outcome in ("subclass", "main_class", "subclass"):
        photo.outcome = outcome
        enqueue.enqueue([photo])
        item = QueueItem.objects.get()
        assert (item.is_open, item.sampled, item.blind) == (True, True, True)


def test_the_informative_order_starves_no_sampled_photo(anna: User, settings: Settings) -> None:
    """The sample, second reviews and what a seller contradicts come before the rest."""
    settings.REVIEW_ORDER, settings.REVIEW_SECOND_SHARE = "informative", 1.0
    second = a_photo("Skirts", **FALLBACK)
    review(a_moderator("ben"))
    contradicted = a_photo("Boots", **CONFIDENT)
    suggest(seller=contradicted.listing.seller, photo=contradicted, main="Bags", sub=None)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    sampled = a_photo("Clutches", **CONFIDENT)
    is_informative = a_photo("Flats", main=0.5, share=0.2, novelty=0.5)
    order = photos_in_order(anna)
    assert set(order[:3]) == {second, contradicted, sampled}
    assert order[3] == is_informative
