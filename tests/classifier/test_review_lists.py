"""Lists, bulk confirmation, exports, figures and the seller's side of reviews."""

import csv
import json
from io import StringIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review import bulk, claims, quality, verdicts
from classifier.review.agreement import cohen_kappa, share
from classifier.review.errors import NothingToUndoError
from classifier.review.labels import Source, final_label, listing_label
from classifier.review.suggestions import SuggestionError, suggest
from classifier.review.verdicts import Verdict
from tests.tagged_photos import (
    CONFIDENT,
    FALLBACK,
    MODERATOR_RIGHTS,
    UNKNOWN,
    a_listing,
    a_moderator,
    a_photo,
)

pytestmark = pytest.mark.django_db

PHOTOS = "/admin/classifier/listingphoto/"
BOOTS = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Boots")
FLATS = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Flats")
EVERYTHING = (*MODERATOR_RIGHTS, "view_quality", "export_labels")


@pytest.fixture(autouse=True)
def no_sample(settings: Settings) -> None:
    settings.REVIEW_SAMPLE_SHARE = 0.0
    cache.clear()


@pytest.fixture
def anna() -> User:
    return a_moderator("anna", rights=EVERYTHING)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def review(moderator: User, verdict: Verdict = BOOTS) -> Review:
    """Let a moderator settle whatever comes next."""
    item = claims.claim_next(moderator=moderator)
    assert item is not None
    assert item.claim is not None
    return verdicts.decide(
        moderator=moderator, item=item.pk, claim=item.claim, verdict=verdict, seconds=1.0
    )


def act(client: Client, photos: list[ListingPhoto], **more: str) -> str:
    body = {"action": "confirm_guess", "_selected_action": [photo.pk for photo in photos], **more}
    return client.post(PHOTOS, body, follow=True).content.decode()


# --- Bulk confirmation


def test_bulk_shows_first_and_confirms_then(anna: User) -> None:
    """The preview stores nothing; applying it settles the photos as the model tagged them."""
    photos = [a_photo("Boots", **CONFIDENT), a_photo("Flats", **FALLBACK), a_photo(**UNKNOWN)]
    client = signed_in(anna)
    preview = act(client, photos)
    assert "2 photos will be settled" in preview
    assert "1 no tag to confirm" in preview
    assert not Review.objects.exists()
    assert "2 photos confirmed" in act(client, photos, apply="1")
    rows = Review.objects.standing().order_by("photo").values_list("verdict", "sub", "source")
    assert list(rows) == [("subclass", "Boots", "bulk"), ("main_class", None, "bulk")]
    assert not QueueItem.objects.get(photo=photos[1]).open


def test_bulk_is_undone_as_a_whole(anna: User) -> None:
    """The link in the message voids all of it, and the photos wait again."""
    photos = [a_photo("Boots", **CONFIDENT), a_photo("Flats", **FALLBACK)]
    done = bulk.confirm(moderator=anna, photos=[photo.pk for photo in photos])
    other = bulk.confirm(moderator=anna, photos=[a_photo(**CONFIDENT).pk])
    client = signed_in(anna)
    url = reverse("admin:review_bulk_undo", args=[done.batch])
    assert "Undone: 2 photos" in client.post(url, follow=True).content.decode()
    assert Review.objects.standing().count() == other.count == 1
    assert QueueItem.objects.get(photo=photos[1]).open
    assert "no verdict of yours" in client.post(url, follow=True).content.decode()
    with pytest.raises(NothingToUndoError):
        bulk.undo(moderator=a_moderator("ben"), batch=other.batch)


def test_bulk_overwrites_nothing(anna: User, settings: Settings) -> None:
    """What is settled, drawn for the blind sample or on another's screen is left out, and said."""
    ben = a_moderator("ben")
    settled, held = a_photo("Flats", **FALLBACK), a_photo("Flats", **FALLBACK)
    review(ben, BOOTS)
    claims.claim_next(moderator=ben)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    drawn = a_photo("Flats", **CONFIDENT)
    done = bulk.confirm(moderator=anna, photos=[settled.pk, held.pk, drawn.pk])
    assert done.count == 0
    assert done.left_out == {
        "already settled": 1, "on another moderator's screen": 1, "drawn for the blind sample": 1,
    }  # fmt: skip
    assert Review.objects.standing().get().sub == "Boots"


def test_bulk_is_for_moderators_alone() -> None:
    """Staff without the right are not offered it, and cannot post it or its undoing."""
    looker = a_moderator("looker", rights=["view_listingphoto", "view_review"])
    client, photo = signed_in(looker), a_photo(**CONFIDENT)
    assert "confirm_guess" not in client.get(PHOTOS).content.decode()
    act(client, [photo], apply="1")
    assert not Review.objects.exists()
    undo = reverse("admin:review_bulk_undo", args=[uuid4()])
    assert client.post(undo).status_code == 403
    assert client.get(undo).status_code == 405
    assert Client().post(undo).status_code == 302


# --- The list


@pytest.mark.parametrize(
    ("query", "found"),
    [("reviewed_by=nobody", 1), ("reviewed_by=anybody", 1), ("sub_confidence_from=0.8", 1),
     ("main_confidence_to=0.95", 1), ("outcome__exact=main_class", 1), ("q=A listing", 2)],
)  # fmt: skip
def test_the_list_filters(anna: User, query: str, found: int) -> None:
    """Photos are found by who reviewed them, confidence, outcome and words."""
    a_photo("Boots", **FALLBACK)
    review(anna)
    a_photo("Boots", **CONFIDENT)
    page = signed_in(anna).get(f"{PHOTOS}?{query}")
    assert page.status_code == 200
    assert page.context["cl"].result_count == found


def test_the_list_filters_by_moderator(anna: User) -> None:
    """One moderator's photos are a click away, and nonsense in the address is no crash."""
    a_photo("Boots", **FALLBACK)
    review(anna)
    client = signed_in(anna)
    for value, found in ((anna.pk, 1), (anna.pk + 1, 0), ("x", 1)):
        assert client.get(f"{PHOTOS}?reviewed_by={value}").context["cl"].result_count == found


def test_reviews_are_listed_and_cannot_be_touched(anna: User) -> None:
    """The table of reviews is for reading, whoever looks."""
    a_photo(**UNKNOWN)
    row = review(anna)
    client = signed_in(User.objects.create_superuser("boss"))
    base = "/admin/classifier/review/"
    assert "Photo" in client.get(base).content.decode()
    assert client.get(f"{base}{row.pk}/change/").status_code == 200
    assert client.post(f"{base}{row.pk}/change/", {"verdict": "bad_photo"}).status_code == 403
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403


# --- Exports


def test_labels_are_exported_as_csv_and_json_lines(anna: User) -> None:
    """Both hold the standing reviews and nothing else."""
    photo = a_photo(**UNKNOWN)
    a_photo(**UNKNOWN)
    review(anna, BOOTS)
    verdicts.undo(moderator=anna, review=review(anna, FLATS).pk)
    client, url = signed_in(anna), reverse("admin:review_export")
    text = b"".join(client.get(url, {"format": "csv"})).decode()  # type: ignore[arg-type]  # a stream
    lines = b"".join(client.get(url, {"format": "jsonl"})).decode().splitlines()  # type: ignore[arg-type]
    (row,) = csv.DictReader(StringIO(text))
    assert (row["photo"], row["main"], row["sub"]) == (str(photo.pk), "Shoes", "Boots")
    (line,) = map(json.loads, lines)
    assert (line["sha256"], line["moderator"], line["model_version"]) == (
        photo.sha256, "anna", "a-model",
    )  # fmt: skip


@pytest.mark.parametrize("page", ["review_export", "review_quality"])
def test_pages_of_figures_and_exports_want_their_right(page: str, anna: User) -> None:
    """A plain moderator has neither; signed out one is sent to sign in."""
    url = reverse(f"admin:{page}")
    assert Client().get(url).status_code == 302
    assert signed_in(a_moderator("plain")).get(url).status_code == 403
    assert signed_in(anna).get(url).status_code == 200


# --- Figures


def test_kappa_is_cohens() -> None:
    """The textbook's example: 50 applications, 35 times the same verdict, kappa 0.4."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    assert cohen_kappa([("a", "a"), ("b", "b")]) == 1
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a")]) is None


def test_kappa_equals_scikit_learns() -> None:
    """The reference implementation gives the same."""
    metrics = pytest.importorskip("sklearn.metrics")
    pairs = [("a", "b"), ("a", "a"), ("c", "a"), ("b", "b"), ("c", "c"), ("b", "a"), ("a", "a")]
    one, other = zip(*pairs, strict=True)
    assert cohen_kappa(pairs) == pytest.approx(metrics.cohen_kappa_score(one, other))


def test_the_interval_is_wilsons() -> None:
    """Known values, also where the plain formula would give an interval of nothing."""
    found = share(10, 10)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.7225, 1.0), abs=1e-4)
    half = share(50, 100)
    assert half is not None
    assert (half.low, half.high) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert share(0, 0) is None


def test_accuracy_is_from_blind_drawn_photos_alone(anna: User, settings: Settings) -> None:
    """What was confirmed with the guess in view does not flatter the model."""
    bulk.confirm(moderator=anna, photos=[a_photo("Boots", **CONFIDENT).pk for _ in range(3)])
    assert quality.unbiased_accuracy() is None
    settings.REVIEW_SAMPLE_SHARE = 1.0
    for verdict in (BOOTS, BOOTS, FLATS, Verdict(Review.Verdict.BAD_PHOTO)):
        a_photo("Boots", **CONFIDENT)
        review(anna, verdict)
    found = quality.unbiased_accuracy()
    assert found is not None
    assert (round(found.value, 3), found.of) == (0.667, 3)


def test_agreement_is_by_pair_and_by_moderator(anna: User, settings: Settings) -> None:
    """Two looks at the same photos give kappa; the third look decides who was right."""
    settings.REVIEW_SECOND_SHARE = 1.0
    ben, cleo = a_moderator("ben"), a_moderator("cleo")
    for second in (BOOTS, FLATS):
        a_photo(**UNKNOWN)
        review(anna, BOOTS)
        review(ben, second)
    assert quality.waiting_for_a_third() == 1
    pair = quality.pairs()[0]
    assert (pair.one, pair.other, pair.photos, pair.kappa) == ("anna", "ben", 2, 0.0)
    review(cleo, FLATS)
    found = {each.name: each.settled.value for each in quality.moderators() if each.settled}
    assert found == {"anna": 0.5, "ben": 1.0, "cleo": 1.0}
    page = signed_in(anna).get(reverse("admin:review_quality")).content.decode()
    assert "anna and ben" in page
    assert "How we agree" in page


def test_the_first_page_shows_the_figures(anna: User, settings: Settings) -> None:
    """Backlog, accuracy, overrides and who reviewed, drawn without any script of ours."""
    a_photo(**UNKNOWN)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    a_photo("Boots", **CONFIDENT)
    review(anna, BOOTS)
    review(anna, FLATS)
    cache.clear()
    page = signed_in(anna).get("/admin/").content.decode()
    ours = page[page.index('class="figures"') : page.index("</section>")]
    for words in ("Waiting for review", "0.0 % (0.0–79.3, n = 1)", "100.0 %", "anna", "<svg"):
        assert words in ours
    assert "<script" not in ours
    looker = a_moderator("looker", rights=["view_listingphoto"])
    assert 'class="figures"' not in signed_in(looker).get("/admin/").content.decode()


# --- Labels and the seller


def test_the_label_says_where_it_came_from(anna: User) -> None:
    """Model, then the seller where the model fell back, then the moderator above all."""
    photo = a_photo("Boots", **FALLBACK)
    assert (final_label(photo).words, final_label(photo).source) == ("Shoes", Source.MODEL)
    suggest(seller=photo.listing.seller, photo=photo, main="Shoes", sub="Flats")
    photo = ListingPhoto.objects.get()
    assert (final_label(photo).words, final_label(photo).source) == ("Shoes › Flats", Source.SELLER)
    review(anna, BOOTS)
    photo = ListingPhoto.objects.get()
    assert (final_label(photo).words, final_label(photo).source) == (
        "Shoes › Boots", Source.MODERATOR,
    )  # fmt: skip


def test_a_listing_takes_its_best_photos_label(anna: User) -> None:
    """One settled photo speaks for the listing, else the finest tag does."""
    listing = a_listing()
    a_photo("Boots", listing=listing, **FALLBACK)
    a_photo("Flats", listing=listing, **CONFIDENT)
    assert listing_label(listing.photos.all()).words == "Shoes › Flats"
    review(anna, BOOTS)
    found = listing_label(listing.photos.all())
    assert (found.words, found.source) == ("Shoes › Boots", Source.MODERATOR)
    client = signed_in(listing.seller)
    told = client.get(f"/api/v1/listings/{listing.pk}/").json()["final_label"]
    assert told == {
        "main": "Shoes", "sub": "Boots", "said_by": "moderator", "words": "Shoes › Boots",
    }  # fmt: skip
    page = client.get(f"/listings/{listing.pk}/").content.decode()
    assert "Shoes › Boots, settled by a moderator" in page


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
    assert "You say: Shoes › Flats" in client.get(page).content.decode()
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


def test_photos_tagged_before_there_was_a_queue_enter_it() -> None:
    """The migration puts what fell back into the queue, in the order it will be shown."""
    from importlib import import_module

    from django.apps import apps
    from django.db import connection

    unknown, fallback = a_photo(**UNKNOWN), a_photo("Flats", **FALLBACK)
    a_photo(**CONFIDENT)
    QueueItem.objects.all().delete()
    migration = import_module("classifier.migrations.0002_review_queue")
    # Of the schema editor it wants the connection alone.
    migration.enter_the_queue(apps, SimpleNamespace(connection=connection))
    found = QueueItem.objects.order_by("rank").values_list("photo", "rank", "guess", "sampled")
    assert list(found) == [(unknown.pk, 0, "Boots", False), (fallback.pk, 1, "Flats", False)]
