"""Lists and rows of the admin as people meet them: empty, searched in vain, no dead ends."""

from typing import Final

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from classifier.models import (
    Alarm,
    AuditEntry,
    Listing,
    ListingPhoto,
    PracticeVerdict,
    Review,
)
from tests.classifier.admin.pages import words
from tests.classifier.reviewing import record, shown
from tests.tagged_photos import FALLBACK, a_moderator, a_photo

pytestmark = pytest.mark.django_db

ROWS: Final = "/admin/classifier/"
OWN: Final = sorted(
    model._meta.model_name or ""
    for model in admin.site._registry
    if model._meta.app_label == "classifier"
)


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.mark.parametrize("name", OWN)
def test_an_empty_list_says_what_would_bring_something(boss: Client, name: str) -> None:
    """In a sentence of its own, and without a button that would change nothing."""
    AuditEntry.objects.all().delete()  # of signing in
    page = words(boss.get(f"{ROWS}{name}/").content.decode())
    model = next(each for each in admin.site._registry if each._meta.model_name == name)
    assert str(admin.site._registry[model].when_empty) in page  # type: ignore[attr-defined]  # ours have it
    assert "Nothing here yet" in page
    assert "Reset filters" not in page


def test_a_search_in_vain_says_so(boss: Client) -> None:
    """With a way back to all rows."""
    a_photo()
    page = words(boss.get(f"{ROWS}listing/?q=nothing-of-this-name").content.decode())
    assert "Nothing fits" in page
    assert "Nothing here yet" not in page


def test_no_link_leads_to_an_empty_history(boss: Client) -> None:
    """A photo tells its own; of an alarm the list has all there is."""
    photo = a_photo()
    page = boss.get(f"{ROWS}listingphoto/{photo.pk}/change/").content.decode()
    assert f"{photo.pk}/history/" not in page
    assert (
        f"{photo.listing_id}/history/"
        in boss.get(f"{ROWS}listing/{photo.listing_id}/change/").content.decode()
    )
    alarm = Alarm.objects.create(check_name="disk", sentence="Full.", since=timezone.now())
    answer = boss.get(f"{ROWS}alarm/{alarm.pk}/change/")
    assert (answer.status_code, answer["Location"]) == (302, f"{ROWS}alarm/")


def test_listings_are_deleted_one_by_one_and_together(admin_client: Client, seller: User) -> None:
    """From its own page, and ticked in the list."""
    one, two, three = (Listing.objects.create(seller=seller, title=str(n)) for n in range(3))
    path = "/admin/classifier/listing/"
    admin_client.post(f"{path}{one.pk}/delete/", {"post": "yes"})
    assert set(Listing.objects.all()) == {two, three}
    ticked = {"_selected_action": [two.pk, three.pk], "action": "delete_selected", "post": "yes"}
    admin_client.post(path, ticked)
    assert not Listing.objects.exists()


@pytest.mark.parametrize("what", ["classifier/listing", "classifier/listingphoto", "auth/user"])
def test_what_newcomers_said_of_a_photo_keeps_nothing_from_being_deleted(
    boss: Client, what: str
) -> None:
    """Nobody deletes practice verdicts by themselves; they go with their photo or account."""
    photo, newcomer = a_photo(), User.objects.create(username="newcomer")
    verdict = {"photo": photo, "moderator": newcomer, "verdict": "not_ours", "is_right": False}
    PracticeVerdict.objects.create(**verdict)
    number = {"listing": photo.listing_id, "listingphoto": photo.pk, "user": newcomer.pk}
    path = f"/admin/{what}/{number[what.split('/')[1]]}/delete/"
    assert "Are you sure" in boss.get(path).content.decode()
    boss.post(path, {"post": "yes"})
    assert not PracticeVerdict.objects.exists()
    assert User.objects.filter(username="newcomer").exists() == (what != "auth/user")
    assert ListingPhoto.objects.exists() == (what == "auth/user")


def test_a_reviews_page_says_in_words_what_it_is(boss: Client) -> None:
    """Verdict, state and confidences as the list has them; the key of its showing tells nobody."""
    anna = a_moderator("anna")
    a_photo(**FALLBACK)
    record(anna, shown(anna))
    review = Review.objects.get()
    page = words(boss.get(f"{ROWS}review/{review.pk}/change/").content.decode())
    for text in ("Shoes › Boots", "settles the photo", "90 %", "50 %"):
        assert text in page
    assert "settles'" not in page
    assert str(review.key) not in page
