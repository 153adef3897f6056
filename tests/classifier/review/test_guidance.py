"""Guidelines with examples, and photos that newcomers practise on."""

import json

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from classifier.models import (
    GoldenPhoto,
    Guideline,
    GuidelineExample,
    ListingPhoto,
    PracticeVerdict,
    QueueItem,
    Review,
)
from classifier.models.moderation.guidance import LABELS
from classifier.review import verdicts
from classifier.review.errors import PhotoGoneError
from classifier.review.guidance import guidelines, practice
from classifier.review.guidance.guidelines import NotSettledError
from tests.classifier.reviewing import BAD, BOOTS, FLATS, review, signed_in
from tests.tagged_photos import UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

QUEUE = "/admin/classifier/review/queue/"


@pytest.fixture
def ben() -> User:
    return a_moderator("ben")


@pytest.fixture
def golden(ben: User) -> ListingPhoto:
    """Settled by ben as boots, and chosen for newcomers."""
    photo = a_photo(**UNKNOWN)
    review(ben, BOOTS)
    practice.use_as_golden(photo, by=ben)
    return photo


def post(user: User, name: str, **body: object) -> dict[str, object]:
    answer = signed_in(user).post(f"{QUEUE}{name}/", body, content_type="application/json")
    told: dict[str, object] = json.loads(answer.content)
    return told


def test_every_class_has_a_line_and_examples_of_settled_photos(ben: User) -> None:
    """The first text until somebody writes one; a removed photo is not shown."""
    assert [card.label for card in guidelines.guideline_cards()] == [label for label, _ in LABELS]
    assert all(card.text for card in guidelines.guideline_cards())
    photo, bad = a_photo(**UNKNOWN), a_photo(**UNKNOWN)
    with pytest.raises(NotSettledError, match="is not settled"):
        guidelines.use_as_example(photo)
    review(ben, BOOTS)
    review(ben, BAD)
    guidelines.use_as_example(photo)
    guidelines.use_as_example(bad)
    Guideline.objects.filter(label="Boots").update(text="Covers the ankle.")
    cards = {card.label: card for card in guidelines.guideline_cards()}
    assert (cards["Boots"].text, cards["Boots"].examples) == ("Covers the ankle.", [photo.pk])
    assert cards["bad_photo"].examples == [bad.pk]
    ListingPhoto.objects.filter(pk=bad.pk).update(deleted_at=timezone.now())
    assert not guidelines.card_of(Review.objects.get(photo=bad)).examples


def test_a_photo_is_an_example_of_one_class() -> None:
    """Settled anew and chosen again it moves to the other; the database allows no second row."""
    lead = a_moderator("lead")
    photo = a_photo(**UNKNOWN)
    first = review(lead, BOOTS)
    guidelines.use_as_example(photo)
    verdicts.undo(moderator=lead, review=first.pk)
    QueueItem.objects.update(claim=None, holder=None, held_until=None)
    review(lead, FLATS)
    guidelines.use_as_example(photo)
    example = GuidelineExample.objects.get()
    assert example.guideline.label == "Flats"
    with pytest.raises(IntegrityError), transaction.atomic():
        GuidelineExample.objects.create(guideline=example.guideline, photo=photo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Guideline.objects.create(label="Hats", text="On the head.")


def test_a_newcomer_practises_first_and_after_every_fourth_verdict(
    golden: ListingPhoto, anna: User, ben: User
) -> None:
    """Who settled a photo does not practise on it."""
    assert practice.next_golden(ben) is None
    assert practice.next_golden(anna) == golden
    practice.record(moderator=anna, photo=golden.pk, verdict=BOOTS)
    assert practice.next_golden(anna) is None
    other = a_photo(**UNKNOWN)
    review(ben, FLATS)
    practice.use_as_golden(other, by=ben)
    for _ in range(practice.BETWEEN):
        assert practice.next_golden(anna) is None
        a_photo(**UNKNOWN)
        review(anna, BOOTS)
    assert practice.next_golden(anna) == other


def test_practice_ends_with_the_first_verdicts(
    golden: ListingPhoto, anna: User, settings: Settings
) -> None:
    settings.REVIEW_NEWCOMER_VERDICTS = 1
    assert practice.next_golden(anna) == golden
    a_photo(**UNKNOWN)
    review(anna, BOOTS)
    assert practice.next_golden(anna) is None
    settings.REVIEW_NEWCOMER_VERDICTS = 0
    assert practice.next_golden(a_moderator("new")) is None


def test_what_was_removed_or_is_open_again_is_not_practised_on(
    golden: ListingPhoto, anna: User, ben: User
) -> None:
    ListingPhoto.objects.filter(pk=golden.pk).update(deleted_at=timezone.now())
    assert practice.next_golden(anna) is None
    ListingPhoto.objects.filter(pk=golden.pk).update(deleted_at=None)
    verdicts.undo(moderator=ben, review=Review.objects.get().pk)
    assert practice.next_golden(anna) is None
    with pytest.raises(NotSettledError):
        practice.record(moderator=anna, photo=golden.pk, verdict=BOOTS)
    GoldenPhoto.objects.all().delete()
    with pytest.raises(PhotoGoneError):
        practice.record(moderator=anna, photo=golden.pk, verdict=BOOTS)


def test_the_page_tells_at_once_and_no_review_comes_of_it(golden: ListingPhoto, anna: User) -> None:
    """The card does not give the answer away; twice the same is told once."""
    card = post(anna, "take")["next"]
    assert isinstance(card, dict)
    assert (card["photo"], card["practice"], card["blind"]) == (golden.pk, True, True)
    assert not {"tag", "confirms", "predictions", "settled"} & set(card)
    answer = {"photo": golden.pk, "verdict": "subclass", "main": "Shoes", "sub": "Flats"}
    told = post(anna, "practise", **answer)
    assert (told["right"], told["label"]) == (False, "Shoes › Boots")
    assert "ankle" in str(told["text"])
    assert post(anna, "practise", **{**answer, "sub": "Boots"})["right"] is False
    row = PracticeVerdict.objects.get()
    assert (row.sub, row.is_right, row.moderator) == ("Flats", False, anna)
    assert Review.objects.count() == 1
    assert post(anna, "take")["next"] is None


def test_a_page_that_has_one_to_practise_on_gets_one_of_the_queue(
    golden: ListingPhoto, anna: User
) -> None:
    waiting = a_photo(**UNKNOWN)
    card = post(anna, "take", practising=True)["next"]
    assert isinstance(card, dict)
    assert card["photo"] == waiting.pk
    assert golden.pk


def test_examples_and_golden_photos_are_chosen_in_the_list(ben: User) -> None:
    """By who has the rights; of a photo that is not settled the message says so."""
    photo, other = a_photo(**UNKNOWN), a_photo(**UNKNOWN)
    review(ben, BOOTS)
    body = {"_selected_action": [photo.pk, other.pk], "action": "use_as_examples"}
    address = "/admin/classifier/listingphoto/"
    signed_in(ben).post(address, body)
    assert not GuidelineExample.objects.exists()
    names = (
        "change_guideline", "view_guidelineexample", "add_goldenphoto", "view_goldenphoto",
    )  # fmt: skip
    ben.user_permissions.add(*Permission.objects.filter(codename__in=names))
    client = signed_in(User.objects.get(pk=ben.pk))
    told = client.post(address, body, follow=True).content.decode()
    assert "1 photo was taken." in told
    assert f"Photo {other.pk} is not settled" in told
    client.post(address, {**body, "action": "use_as_golden"})
    assert [row.photo for row in GoldenPhoto.objects.all()] == [photo]
    guideline = Guideline.objects.get()
    page = client.get(f"/admin/classifier/guideline/{guideline.pk}/change/").content.decode()
    assert f"/photos/{photo.pk}/thumbnail/" in page
    assert "Shoes › Boots" in client.get("/admin/classifier/goldenphoto/").content.decode()
