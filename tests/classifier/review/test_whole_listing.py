"""All photos of a listing: contradictions come before moderators, one verdict is for all."""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from classifier.models import Listing, ListingPhoto, ModelVersion, QueueItem, Review
from classifier.review import direct
from classifier.review.labels import LabelSource, listing_label
from classifier.review.verdicts import Verdict
from tests.classifier.listings import tag, uploaded_listing
from tests.classifier.reviewing import BOOTS, signed_in
from tests.rows import a_listing
from tests.scores import some_scores
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

FLATS = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Flats")


@pytest.fixture
def listing(db: None) -> Listing:
    """Three photos, of which the first waits in the queue."""
    listing = a_listing("Boots")
    for shares in (UNKNOWN, CONFIDENT, CONFIDENT):
        a_photo("Boots", listing=listing, **shares)
    return listing


def post(user: User, name: str, **body: Any) -> Any:
    url = reverse(f"admin:review_queue_{name}")
    return signed_in(user).post(url, body, content_type="application/json").json()


def decide_all(user: User, card: dict[str, Any]) -> Any:
    verdict = {"verdict": "subclass", "main": "Shoes", "sub": "Boots", "listing": True}
    return post(user, "decide", item=card["item"], claim=card["claim"], **verdict)


def settled(listing: Listing) -> list[str | None]:
    finals = Review.objects.final().filter(photo__listing=listing).order_by("photo")
    return list(finals.values_list("sub", flat=True))


def test_one_verdict_settles_all_photos_and_undo_takes_all_back(
    anna: User, listing: Listing
) -> None:
    """Also those that never waited in the queue; sent twice it counts once."""
    card = post(anna, "take")["next"]
    answer = decide_all(anna, card)
    assert (answer["others"], decide_all(anna, card)["others"]) == (2, 2)
    assert settled(listing) == ["Boots"] * 3
    assert Review.objects.count() == 3
    assert listing_label(listing.photos.all()).label.source is LabelSource.MODERATOR
    post(anna, "undo", review=answer["review"])
    assert settled(listing) == []


def test_a_colleagues_verdict_stays(anna: User, listing: Listing) -> None:
    """Neither the verdict for all nor its undoing touches what another moderator settled."""
    ben, last = a_moderator("ben"), listing.photos.last()
    direct.settle(
        moderator=ben, photo=last.pk, key=UUID("0" * 32), seen=None,
        verdict=FLATS, seconds=None,
    )  # fmt: skip
    answer = decide_all(anna, post(anna, "take")["next"])
    assert answer["others"] == 1
    assert settled(listing) == ["Boots", "Boots", "Flats"]
    post(anna, "undo", review=answer["review"])
    assert settled(listing) == ["Flats"]


def test_a_photo_reviewed_again_keeps_the_later_verdict(anna: User, listing: Listing) -> None:
    """Undoing the verdict for all leaves alone what was decided after it."""
    answer = decide_all(anna, post(anna, "take")["next"])
    last = listing.photos.last()
    seen = Review.objects.final().get(photo=last)
    direct.settle(
        moderator=anna, photo=last.pk, key=UUID("1" * 32), seen=seen.pk,
        verdict=FLATS, seconds=None,
    )  # fmt: skip
    post(anna, "undo", review=answer["review"])
    assert settled(listing) == ["Flats"]


def test_a_removed_photo_gets_no_verdict(anna: User, listing: Listing) -> None:
    """What the seller took out is not settled along with the rest."""
    last = listing.photos.last()
    ListingPhoto.objects.filter(pk=last.pk).update(deleted_at=last.created_at)
    assert decide_all(anna, post(anna, "take")["next"])["others"] == 1


def test_confident_photos_that_contradict_each_other_come_into_the_queue(
    anna: User,
    seller: User,
    champion: ModelVersion,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """Tagged one after the other, as workers do; the card and the seller's page say why."""
    listing = uploaded_listing(seller, photos=2)
    with django_capture_on_commit_callbacks(execute=True):
        tag(champion, some_scores("Shoes", 0.99, "Boots", 0.97))
    assert not QueueItem.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        tag(champion, some_scores("Bags", 0.99, "Tote Bags", 0.97))
    assert QueueItem.objects.filter(is_open=True).count() == 2
    card = post(anna, "take")["next"]
    assert card["contradiction"] == (
        "Two things in one listing? Other photos look like Bags › Tote Bags."
    )
    page = signed_in(seller).get(f"/listings/{listing.pk}/").content.decode()
    assert "Two things in one listing?" in page
    label = signed_in(seller).get(f"/api/v1/listings/{listing.pk}/").json()["final_label"]
    assert (label["main"], label["contradictory"]) == (None, True)


def test_many_photos_that_contradict_each_other_cost_no_more_queries(
    seller: User,
    champion: ModelVersion,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    """Eight listings of a boot and a bag each are asked for together, not photo by photo."""
    for _ in range(8):
        uploaded_listing(seller, photos=2)
    boots = some_scores("Shoes", 0.99, "Boots", 0.97)
    totes = some_scores("Bags", 0.99, "Tote Bags", 0.97)
    with django_assert_max_num_queries(20), django_capture_on_commit_callbacks(execute=True):
        tag(champion, *[boots, totes] * 8)
    assert QueueItem.objects.filter(is_open=True).count() == 16


def test_photos_that_agree_do_not(
    seller: User,
    champion: ModelVersion,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """One class seen twice, and contradictions between two listings, trouble nobody."""
    uploaded_listing(seller, photos=2)
    uploaded_listing(seller)
    boots = some_scores("Shoes", 0.99, "Boots", 0.97)
    with django_capture_on_commit_callbacks(execute=True):
        tag(champion, boots, boots, some_scores("Bags", 0.99, "Tote Bags", 0.97))
    assert not QueueItem.objects.exists()


def test_settled_photos_that_differ_are_said_to_differ(anna: User, listing: Listing) -> None:
    """Moderators' verdicts of two kinds leave the main class, and the question."""
    first, second, _ = listing.photos.all()
    for photo, verdict, key in ((first, BOOTS, "2"), (second, FLATS, "3")):
        direct.settle(
            moderator=anna, photo=photo.pk, key=UUID(key * 32), seen=None,
            verdict=verdict, seconds=None,
        )  # fmt: skip
    label = listing_label(listing.photos.all())
    assert (label.label.words, label.is_contradictory) == ("Shoes", True)
