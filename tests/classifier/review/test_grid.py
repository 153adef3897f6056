"""The wall: which photos are on it, in which groups, and one verdict for those that are ticked."""

import random

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from classifier.models import ListingPhoto, PhotoEmbedding, QueueItem, Review
from classifier.review import bulk, grid
from classifier.review.grid import Tag
from classifier.review.quality.accuracy import unbiased_accuracy
from classifier.review.queue import claims
from tests.classifier.ml.embeddings.test_similarity import near
from tests.classifier.reviewing import BAD, BOOTS, FLATS, record, review, shown, signed_in
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_moderator, a_photo, a_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

GRID = "/admin/classifier/review/grid/"


def embedded(photo: ListingPhoto, direction: int, version: str = "a-model") -> ListingPhoto:
    """Give a photo an embedding that points one way."""
    vector = near(direction, rng=random.Random(photo.pk))  # noqa: S311  # no secret
    PhotoEmbedding.objects.create(photo=photo, model_version=a_version(version), vector=vector)
    return photo


def numbers(wall: grid.Wall) -> set[int]:
    return {photo.pk for photo in (*wall.alone, *(p for group in wall.groups for p in group))}


def test_the_wall_shows_one_tag_in_groups_that_look_alike(anna: User) -> None:
    """The largest first; what another version saw, or none, is not compared."""
    first = [embedded(a_photo("Boots", **CONFIDENT), 1) for _ in range(3)]
    second = [embedded(a_photo("Boots", **CONFIDENT), 2) for _ in range(2)]
    other_version = embedded(a_photo("Boots", **CONFIDENT), 1, version="another")
    without = a_photo("Boots", **CONFIDENT)
    a_photo("Flats", **CONFIDENT)
    wall = grid.wall(Tag("Boots"), moderator=anna)
    assert [{p.pk for p in group} for group in wall.groups] == [
        {p.pk for p in first},
        {p.pk for p in second},
    ]
    assert {p.pk for p in wall.alone} == {other_version.pk, without.pk}


def test_the_wall_leaves_out_what_is_settled_held_or_reviewed_blind(
    anna: User, settings: Settings
) -> None:
    """A photo of the blind sample under its guess would no longer be blind."""
    ben = a_moderator("ben")
    a_photo("Boots", **UNKNOWN)
    review(ben, BOOTS)
    a_photo("Boots", **UNKNOWN)
    claims.claim_next(moderator=ben)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    sampled = a_photo("Boots", **CONFIDENT)
    assert QueueItem.objects.get(photo=sampled).blind
    for name in ("Unknown", "Boots"):
        label = grid.UNKNOWN if name == "Unknown" else name
        assert grid.wall(Tag(label), moderator=anna).count == 0


def test_photos_without_a_subclass_are_told_apart_by_what_they_resemble(anna: User) -> None:
    boots, flats = a_photo("Boots", **FALLBACK), a_photo("Flats", **FALLBACK)
    assert numbers(grid.wall(Tag("Shoes"), moderator=anna)) == {boots.pk, flats.pk}
    assert numbers(grid.wall(Tag("Shoes", "Flats"), moderator=anna)) == {flats.pk}
    with pytest.raises(ValueError, match="no tag 'Hats'"):
        Tag("Hats")
    with pytest.raises(ValueError, match="no subclass 'Hats'"):
        Tag("Shoes", "Hats")


def test_older_photos_follow_without_a_gap(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "WALL", 2)
    photos = [a_photo("Boots", **CONFIDENT).pk for _ in range(5)]
    shown_in_turn: list[int] = []
    before: int | None = None
    while True:
        wall = grid.wall(Tag("Boots"), moderator=anna, before=before)
        shown_in_turn += sorted(numbers(wall), reverse=True)
        if (before := wall.before) is None:
            break
    assert shown_in_turn == photos[::-1]


def test_a_wall_takes_few_queries(anna: User) -> None:
    for _ in range(30):
        embedded(a_photo("Boots", **CONFIDENT), 1)
    with CaptureQueriesContext(connection) as queries:
        assert grid.wall(Tag("Boots"), moderator=anna).count == 30
    assert len(queries) <= 2


def test_an_embedding_of_another_size_is_refused_by_the_database() -> None:
    photo = a_photo(**CONFIDENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PhotoEmbedding.objects.create(photo=photo, model_version=a_version(), vector=b"short")


def test_one_verdict_for_the_ticked_photos_is_the_record_of_the_queue(anna: User) -> None:
    """Another class than the guess, kept with what the model had said; undone as a whole."""
    unknown, unsure = a_photo("Flats", **UNKNOWN), a_photo("Flats", **FALLBACK)
    sure = a_photo("Flats", **CONFIDENT)
    done = bulk.confirm(moderator=anna, photos=[unknown.pk, unsure.pk, sure.pk], verdict=BOOTS)
    assert done.count == 3
    rows = (
        Review.objects.final()
        .order_by("photo")
        .values_list("sub", "predicted_outcome", "predicted_sub", "source", "round")
    )
    assert list(rows) == [
        ("Boots", "unknown", None, "bulk", 1),
        ("Boots", "main_class", None, "bulk", 1),
        ("Boots", "subclass", "Flats", "bulk", 1),
    ]
    assert not QueueItem.objects.filter(is_open=True).exists()
    assert bulk.undo(moderator=anna, batch=done.batch) == 3
    waiting = QueueItem.objects.filter(is_open=True).values_list("photo", flat=True)
    assert set(waiting) == {unknown.pk, unsure.pk}


def test_verdicts_from_the_wall_leave_the_unbiased_accuracy_alone(
    anna: User, settings: Settings
) -> None:
    """It comes from the blind sample, which nobody can settle from the wall even by its number."""
    unsampled = a_photo("Boots", **CONFIDENT)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    sampled = a_photo("Boots", **CONFIDENT)
    done = bulk.confirm(moderator=anna, photos=[unsampled.pk, sampled.pk], verdict=FLATS)
    assert (done.count, dict(done.left_out)) == (1, {"in the blind sample": 1})
    assert unbiased_accuracy() is None
    record(anna, shown(anna), BOOTS)
    accuracy = unbiased_accuracy()
    assert accuracy is not None
    assert (accuracy.value, accuracy.of) == (1.0, 1)


def test_the_page_sets_what_is_ticked_and_keeps_its_filters(anna: User) -> None:
    """All of the wall but the exception; its message undoes it and leads back to the filters."""
    client = signed_in(anna)
    photos = [a_photo("Flats", **FALLBACK) for _ in range(3)]
    address = f"{GRID}?tag=Shoes&resembles=Flats"
    body = {"photo": [photo.pk for photo in photos[:2]], "verdict": "4"}
    answer = client.post(address, body, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "2 photos set to Shoes › Boots." in answer.content.decode()
    assert 'value="/admin/classifier/review/grid/?tag=Shoes&amp;resembles=Flats"' in (
        answer.content.decode()
    )
    assert set(Review.objects.values_list("photo", flat=True)) == {p.pk for p in photos[:2]}


def test_a_groups_own_button_sets_that_group_alone(anna: User) -> None:
    photos = [a_photo("Flats", **FALLBACK).pk for _ in range(4)]
    body = {"photo": photos[1:], "only": f"{photos[0]},{photos[1]}", "verdict": "0"}
    signed_in(anna).post(f"{GRID}?tag=Shoes", body)
    (row,) = Review.objects.all()
    assert (row.photo_id, row.verdict) == (photos[1], "not_ours")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"photo": ["1"], "verdict": "nonsense"}, "choose what the photos show"),
        ({"photo": ["nonsense", "9" * 30], "verdict": "4"}, "No photo was ticked"),
        ({"photo": ["77"], "verdict": "4", "seen_at": "2026-13-45T00:00:00Z"}, "Nothing was"),
    ],
)
def test_what_cannot_be_set_is_said(anna: User, body: dict[str, object], says: str) -> None:
    answer = signed_in(anna).post(f"{GRID}?tag=Shoes", body, follow=True)
    assert says in answer.content.decode()
    assert not Review.objects.exists()


def test_a_wall_of_no_such_tag_says_so(anna: User) -> None:
    for query in ("tag=Hats", "tag=Boots&before=0", f"tag=Boots&before={'9' * 30}"):
        answer = signed_in(anna).get(f"{GRID}?{query}", follow=True)
        assert "There is no such tag to show" in answer.content.decode()


def test_undoing_leads_to_no_other_site(anna: User) -> None:
    photo = a_photo("Flats", **FALLBACK)
    done = bulk.confirm(moderator=anna, photos=[photo.pk], verdict=BAD)
    undo = f"/admin/classifier/listingphoto/undo/{done.batch}/"
    answer = signed_in(anna).post(undo, {"next": "https://elsewhere.example/"})
    assert answer["Location"] == "/admin/classifier/listingphoto/"


def test_the_wall_is_for_moderators_alone() -> None:
    looker = a_moderator("looker", rights=["view_listingphoto", "view_review"])
    photo = a_photo("Flats", **FALLBACK)
    for answer in (
        signed_in(looker).get(GRID),
        signed_in(looker).post(GRID, {"photo": photo.pk, "verdict": "4"}),
    ):
        assert answer.status_code == 403
    assert not Review.objects.exists()
