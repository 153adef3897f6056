"""Tag again: everything that nobody reviewed, once, shared by workers; nothing else is touched."""

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from classifier import promotion, reclassification, registry
from classifier.models import ListingPhoto, ModelVersion, QueueItem, Reclassification, Review
from classifier.reclassification import Batch
from classifier.review import bulk, claims, verdicts
from classifier.review.verdicts import Verdict
from classifier.tagging import Postponed, Tagged
from tests.databases import in_threads
from tests.rows import a_model, tagged
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_moderator, a_photo, many_photos

BOOTS = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Boots")
UNSURE = tagged(main_confidence=0.4)


@pytest.fixture(autouse=True)
def no_sample(settings: Settings) -> None:
    settings.REVIEW_SAMPLE_SHARE = 0.0


@pytest.fixture
def newer(real_database: str) -> ModelVersion:
    """A champion that has not tagged anything yet."""
    version = a_model("newer")
    promotion.promote(version=version)
    return version


@pytest.fixture
def anna(real_database: str) -> User:
    return a_moderator("anna")


def begun() -> Reclassification:
    run = reclassification.start()
    assert run is not None
    return run


def work(version: ModelVersion, result: Tagged | Postponed | None = None, limit: int = 8) -> int:
    """Tag batch after batch, as a worker does; return how many photos got a new tag."""
    stored = 0
    while (batch := reclassification.take(version=version, limit=limit)) is not None:
        stored += store(batch, version, result)
    return stored


def store(batch: Batch, version: ModelVersion, result: Tagged | Postponed | None = None) -> int:
    results = [result or tagged()] * len(batch.photos)
    return reclassification.store(batch, results, version=version)


def made_by(version: ModelVersion) -> set[int]:
    return set(ListingPhoto.objects.filter(model_version=version).values_list("pk", flat=True))


def numbers(photos: Iterable[ListingPhoto]) -> set[int]:
    return {photo.pk for photo in photos}


def test_every_unreviewed_photo_is_tagged_again_and_the_row_keeps_count(
    newer: ModelVersion,
) -> None:
    """Twenty photos in batches of eight: each has the champion's tag, its time and its version."""
    photos, began = many_photos(20), timezone.now()
    run = begun()
    assert (run.total, run.version) == (20, newer)
    assert work(newer) == 20
    assert made_by(newer) == numbers(photos)
    assert not ListingPhoto.objects.filter(classified_at__lt=began).exists()
    run.refresh_from_db()
    assert (run.tagged, run.changed) == (20, 20)
    assert run.finished_at is not None
    assert reclassification.start() is None, "nothing is left"
    assert reclassification.in_words(run) == (
        "20 of 20 photos were tagged again, 20 of them got another tag; the model is newer."
    )


def test_starting_twice_goes_on_with_what_was_begun(newer: ModelVersion) -> None:
    """Also when six want it at once there is one reclassification."""
    many_photos(20)
    runs = in_threads(6, reclassification.start)
    assert len({run.pk for run in runs if run is not None}) == 1
    reclassification.take(version=newer, limit=8)
    assert begun() == runs[0]
    assert Reclassification.objects.get().cursor > 0


def test_several_workers_share_it_and_none_tags_twice(newer: ModelVersion) -> None:
    """Four at once: every photo is stored once."""
    many_photos(60)
    run = begun()
    assert sum(in_threads(4, lambda: work(newer, limit=4))) == 60
    run.refresh_from_db()
    assert run.tagged == 60
    assert run.finished_at is not None


def test_what_a_killed_worker_took_along_is_met_again(newer: ModelVersion) -> None:
    """A batch that was taken and never stored is tagged by the next worker."""
    photos = many_photos(20)
    run = begun()
    assert reclassification.take(version=newer, limit=8) is not None  # and then it is killed
    assert work(newer) == 20
    assert made_by(newer) == numbers(photos)
    run.refresh_from_db()
    assert run.finished_at is not None


def test_a_batch_that_kills_every_worker_does_not_go_round_for_ever(newer: ModelVersion) -> None:
    """After a few rounds in which nothing is stored it ends and says what is left."""
    many_photos(3)
    run = begun()
    deaths = 0
    while reclassification.take(version=newer, limit=8) is not None:
        deaths += 1
        assert deaths < 10
    assert deaths == 1 + reclassification.MOST_WALKS
    run.refresh_from_db()
    assert "Left as they were: 3," in reclassification.in_words(run)
    assert begun() != run, "it can be begun anew"


def test_what_cannot_be_read_keeps_its_tag(newer: ModelVersion) -> None:
    """A storage in trouble costs no photo its tag or its status."""
    photo = a_photo("Boots", **CONFIDENT)
    begun()
    assert work(newer, Postponed("The storage did not give the file.")) == 0
    photo.refresh_from_db()
    assert (photo.status, photo.sub, photo.error) == ("classified", "Boots", "")


def test_reviewed_photos_are_never_touched(newer: ModelVersion, anna: User) -> None:
    """Settled in the queue or confirmed from the list: tag and review stay as they were."""
    in_queue, in_list, other = a_photo(**UNKNOWN), a_photo("Boots", **CONFIDENT), a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    verdicts.decide(moderator=anna, item=item.pk, claim=item.claim, verdict=BOOTS, seconds=1)
    bulk.confirm(moderator=anna, photos=[in_list.pk])
    assert begun().total == 1
    work(newer)
    assert made_by(newer) == {other.pk}
    assert Review.objects.standing().filter(photo__in=[in_queue, in_list]).count() == 2


def test_a_photo_on_a_screen_is_left_alone_also_when_the_lease_ran_out(
    newer: ModelVersion, anna: User
) -> None:
    """What a moderator looks at does not change under their eyes, and their verdict counts."""
    photo = a_photo(**UNKNOWN)
    a_photo(**UNKNOWN)
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.claim is not None
    QueueItem.objects.filter(pk=item.pk).update(held_until=timezone.now() - timedelta(hours=1))
    begun()
    assert work(newer) == 1
    assert photo.pk not in made_by(newer)
    review = verdicts.decide(
        moderator=anna, item=item.pk, claim=item.claim, verdict=BOOTS, seconds=1
    )
    assert (review.model_version, review.said_outcome) == (photo.model_version, "unknown")


def test_what_is_settled_or_taken_between_taking_and_storing_stays(
    newer: ModelVersion, anna: User
) -> None:
    """The batch was read and predicted meanwhile; under the lock it is looked at again."""
    in_list, on_screen, free = (a_photo("Boots", main=0.9, share=0.5) for _ in range(3))
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    bulk.confirm(moderator=anna, photos=[in_list.pk])
    item = claims.claim_next(moderator=anna)
    assert item is not None
    assert item.photo == on_screen
    assert store(batch, newer) == 1
    assert made_by(newer) == {free.pk}


@pytest.fixture
def confirming(newer: ModelVersion, anna: User) -> Iterator[tuple[ListingPhoto, Any, Any]]:
    """A photo outside the queue, and a moderator's transaction that has just confirmed it."""
    photo = a_photo("Boots", **CONFIDENT)
    stored, go_on = threading.Event(), threading.Event()

    def confirm() -> None:
        with transaction.atomic():
            bulk.confirm(moderator=anna, photos=[photo.pk])
            stored.set()
            go_on.wait(30)

    thread = threading.Thread(target=lambda: in_threads(1, confirm))
    yield photo, (thread, stored), go_on
    go_on.set()
    thread.join()


def test_a_verdict_that_is_about_to_be_stored_counts(
    confirming: tuple[ListingPhoto, Any, Any], newer: ModelVersion
) -> None:
    """Storing waits for a moderator's open transaction, and then sees the review."""
    photo, (thread, stored), go_on = confirming
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    thread.start()
    assert stored.wait(30)
    # Lets go only when the other side has had time to run into the lock.
    threading.Timer(0.5, go_on.set).start()
    assert store(batch, newer) == 0
    assert made_by(newer) == set()
    assert Review.objects.standing().get(photo=photo).said_sub == "Boots"


def test_the_queue_follows_the_new_tags(newer: ModelVersion) -> None:
    """What the champion is sure of leaves the queue; what it doubts enters it, also once more."""
    doubted, trusted = a_photo(**UNKNOWN), a_photo("Boots", **CONFIDENT)
    assert set(QueueItem.objects.values_list("photo", "open")) == {(doubted.pk, True)}
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    reclassification.store(batch, [tagged(), UNSURE], version=newer)
    assert set(QueueItem.objects.values_list("photo", "open")) == {
        (doubted.pk, False), (trusted.pk, True),
    }  # fmt: skip
    reclassification.take(version=newer, limit=8)
    newest = a_model("newest")
    promotion.promote(version=newest)
    begun()
    work(newest, UNSURE)
    assert set(QueueItem.objects.values_list("photo", "open")) == {
        (doubted.pk, True), (trusted.pk, True),
    }  # fmt: skip


def test_a_photo_has_its_draw_for_the_sample_once(newer: ModelVersion, settings: Settings) -> None:
    """Sure before and after: no second draw, or each new champion would make the sample larger."""
    sure_before, doubted = a_photo("Boots", **CONFIDENT), a_photo(**UNKNOWN)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    begun()
    work(newer)
    assert made_by(newer) == {sure_before.pk, doubted.pk}
    assert list(QueueItem.objects.filter(sampled=True).values_list("photo", flat=True)) == [
        doubted.pk
    ]


def test_a_new_champion_takes_over_and_tags_all_of_them(newer: ModelVersion) -> None:
    """It goes on with the new one, also for what was tagged so far; who has the old one stops."""
    photos = many_photos(20)
    run = begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    store(batch, newer)
    newest = a_model("newest")
    promotion.promote(version=newest)
    assert reclassification.take(version=newer, limit=8) is None
    assert work(newest) == 20
    assert made_by(newest) == numbers(photos)
    run.refresh_from_db()
    assert (run.version, run.tagged, run.total) == (newest, 28, 28)


def test_a_slow_worker_does_not_overwrite_a_newer_model_s_tag(newer: ModelVersion) -> None:
    """What it took before the champion changed, and another has tagged since, stays so."""
    photos = many_photos(8)
    begun()
    slow = reclassification.take(version=newer, limit=8)
    assert slow is not None
    newest = a_model("newest")
    promotion.promote(version=newest)
    assert work(newest) == 8
    assert store(slow, newer) == 0
    assert made_by(newest) == numbers(photos)


def test_it_can_be_stopped(newer: ModelVersion) -> None:
    """What is tagged stays tagged, and the sentence says how many are left."""
    many_photos(20)
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    store(batch, newer)
    run = reclassification.stop()
    assert run is not None
    assert reclassification.take(version=newer, limit=8) is None
    assert "8 of 20 photos" in reclassification.in_words(run)
    assert "Left as they were: 12," in reclassification.in_words(run)
    assert reclassification.stop() is None


def test_without_a_champion_there_is_nothing_to_tag_with(real_database: str) -> None:
    """A fresh database leads to a sentence with the command to type."""
    with pytest.raises(registry.NoChampionError, match="register_model"):
        reclassification.start()
