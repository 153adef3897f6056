"""The label a photo and a listing end up with, and the seller's word in it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review.labels import LabelSource, final_label, listing_label
from classifier.review.suggestions import SuggestionError, suggest
from tests.classifier.reviewing import BOOTS, review, signed_in
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, FALLBACK, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


def test_the_label_says_where_it_came_from(anna: User) -> None:
    """Model, then the seller where the model fell back, then the moderator above all."""
    photo = a_photo("Boots", **FALLBACK)
    assert (final_label(photo).words, final_label(photo).source) == ("Shoes", LabelSource.MODEL)
    suggest(seller=photo.listing.seller, photo=photo, main="Shoes", sub="Flats")
    photo = ListingPhoto.objects.get()
    assert (final_label(photo).words, final_label(photo).source) == (
        "Shoes › Flats",
        LabelSource.SELLER,
    )
    review(anna, BOOTS)
    photo = ListingPhoto.objects.get()
    assert (final_label(photo).words, final_label(photo).source) == (
        "Shoes › Boots",
        LabelSource.MODERATOR,
    )


def test_a_listing_has_one_label(anna: User) -> None:
    """The model's is of all photos together, with its confidence; a settled photo goes before."""
    listing = a_listing()
    a_photo("Boots", listing=listing, **FALLBACK)
    a_photo("Boots", listing=listing, **CONFIDENT)
    label = listing_label(listing.photos.all()).label
    assert (label.words, label.source) == ("Shoes › Boots", LabelSource.MODEL)
    assert label.confidence == pytest.approx((0.5 + 0.95) / 2)
    review(anna, BOOTS)
    label = listing_label(listing.photos.all()).label
    assert (label.words, label.source) == ("Shoes › Boots", LabelSource.MODERATOR)
    client = signed_in(listing.seller)
    final_label = client.get(f"/api/v1/listings/{listing.pk}/").json()["final_label"]
    assert final_label == {
        "main": "Shoes",
        "sub": "Boots",
        "said_by": "moderator",
        "confidence": None,
        "words": "Shoes › Boots",
        "contradictory": False,
    }
    page = client.get(f"/listings/{listing.pk}/").content.decode()
    assert "<strong>Shoes › Boots</strong> <span>settled by a moderator" in page


def test_a_sellers_word_is_shown_to_the_moderator_and_is_no_truth(anna: User) -> None:
    """It brings a confident photo into the queue, beside the model's tag, and settles nothing."""
    photo = a_photo("Boots", **CONFIDENT)
    suggest(seller=photo.listing.seller, photo=photo, main="Shoes", sub="Flats")
    assert not Review.objects.exists()
    assert final_label(ListingPhoto.objects.get()).words == "Shoes › Boots"
    client = signed_in(anna)
    card = client.post(reverse("admin:review_queue_take"), "{}", "application/json").json()["next"]
    assert (card["photo"], card["suggestion"]) == (photo.pk, "Shoes › Flats")


def test_a_settled_photo_takes_no_suggestion(anna: User) -> None:
    """A seller does not overrule a moderator, nor name what is none of ours."""
    photo = a_photo("Boots", **FALLBACK)
    seller = photo.listing.seller
    for main, sub in (("Hats", None), ("Shoes", "Dresses")):
        with pytest.raises(SuggestionError, match="choose one"):
            suggest(seller=seller, photo=photo, main=main, sub=sub)
    review(anna, BOOTS)
    with pytest.raises(SuggestionError, match="settled"):
        suggest(seller=seller, photo=photo, main="Shoes", sub="Flats")


def test_the_seller_corrects_and_sees_the_settlement(anna: User) -> None:
    """The form stores what the seller says; once a moderator has settled it the page says so."""
    photo = a_photo("Boots", **FALLBACK)
    client = signed_in(photo.listing.seller)
    page = reverse("listing", args=[photo.listing.pk])
    url = reverse("photo-suggest", args=[photo.listing.pk, photo.pk])
    assert url in client.get(page).content.decode()
    assert client.post(url, {"kind": "Flats"}).status_code == 302
    assert "You said: Shoes › Flats" in client.get(page).content.decode()
    assert client.post(url, {"kind": "Hats"}).status_code == 400
    review(anna, BOOTS)
    html = client.get(page).content.decode()
    assert "Settled by a moderator" in html
    assert "Shoes › Boots" in html
    assert url not in html
    refused = client.post(url, {"kind": "Flats"})
    assert (refused.status_code, "has settled this photo" in refused.content.decode()) == (
        400,
        True,
    )


def test_a_seller_who_agrees_is_promised_nothing() -> None:
    """A word that is the tag's own brings the photo before nobody, and the page says no more."""
    photo = a_photo("Boots", **CONFIDENT)
    suggest(seller=photo.listing.seller, photo=photo, main="Shoes", sub="Boots")
    page = signed_in(photo.listing.seller).get(reverse("listing", args=[photo.listing.pk]))
    assert "You said: Shoes › Boots." in page.content.decode()
    assert "A moderator will check" not in page.content.decode()
    assert not QueueItem.objects.exists()


def test_nobody_corrects_for_another_seller(anna: User) -> None:
    """Another seller, a moderator and somebody signed out cannot suggest."""
    photo = a_photo("Boots", **FALLBACK)
    url = reverse("photo-suggest", args=[photo.listing.pk, photo.pk])
    other = User.objects.create_user("other")
    for user in (other, anna):
        assert signed_in(user).post(url, {"kind": "Flats"}).status_code == 404
    assert Client().post(url, {"kind": "Flats"}).status_code == 302
    assert signed_in(photo.listing.seller).get(url).status_code == 405
    assert (
        "photo-suggest"
        not in signed_in(anna).get(f"/listings/{photo.listing.pk}/").content.decode()
    )
    assert not hasattr(ListingPhoto.objects.get(), "suggestion")
