"""Claims, results and the sweep, on SQLite and on PostgreSQL."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from classifier.models import ListingPhoto, ModelVersion
from classifier.tagging import queue
from classifier.tagging.results import Postponed, Result, Unreadable
from tests.databases import in_threads
from tests.rows import a_champion, pending_photos, tagged

pytestmark = pytest.mark.usefixtures("real_database")


@pytest.fixture
def model(real_database: str) -> ModelVersion:
    return a_champion()


def let_leases_expire() -> None:
    ListingPhoto.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))


def fresh(photo: ListingPhoto) -> ListingPhoto:
    return ListingPhoto.objects.get(pk=photo.pk)


def test_the_oldest_pending_photo_counts_however_often_it_was_tried() -> None:
    """Of a fresh one and one that was sent before it and tried since, the latter."""
    (tried,) = pending_photos(1, attempts=2)
    (fresh_one,) = pending_photos(1)
    pending_photos(1, status="failed", error="It is damaged.")
    assert queue.first_pending() == tried
    ListingPhoto.objects.filter(pk=tried.pk).delete()
    assert queue.first_pending() == fresh_one
    ListingPhoto.objects.filter(pk=fresh_one.pk).delete()
    assert queue.oldest_pending() is None


@pytest.mark.parametrize("in_one_statement", [True, False])
def test_concurrent_claims_never_overlap(
    in_one_statement: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight workers that claim at once share 60 photos: each is claimed exactly once.

    Also where the database cannot change and return rows in one statement, as SQLite before 3.35.
    """
    pending_photos(60)
    features = type(connection.features)
    monkeypatch.setattr(features, "can_return_columns_from_insert", in_one_statement)

    def claim_all() -> list[int]:
        mine: list[int] = []
        while photos := queue.claim_photos(limit=5):
            mine += [photo.pk for photo in photos]
        return mine

    claimed = [pk for mine in in_threads(8, claim_all) for pk in mine]
    # With `skip_locked` a claim may come back empty while another holds the last rows.
    while photos := queue.claim_photos(limit=5):
        claimed += [photo.pk for photo in photos]
    assert sorted(claimed) == sorted(ListingPhoto.objects.values_list("pk", flat=True))
    assert set(ListingPhoto.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.parametrize("in_one_statement", [True, False])
def test_who_claims_has_the_photos_as_the_database_has_them(
    in_one_statement: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Token, lease and attempt are in the rows that a claim returns, in the order of numbers."""
    pending_photos(5)
    features = type(connection.features)
    monkeypatch.setattr(features, "can_return_columns_from_insert", in_one_statement)
    claimed = queue.claim_photos(limit=3)
    assert [photo.pk for photo in claimed] == sorted(photo.pk for photo in claimed)
    for photo in claimed:
        assert not photo.get_deferred_fields()
        stored = fresh(photo)
        for field in ListingPhoto._meta.concrete_fields:
            assert getattr(photo, field.attname) == getattr(stored, field.attname), field.name
    assert len({photo.claim for photo in claimed} - {None}) == 1


def test_a_claim_lasts_as_long_as_its_lease() -> None:
    """What is claimed is nobody else's, until the lease is over."""
    pending_photos(2)
    assert len(queue.claim_photos(limit=10)) == 2
    assert queue.claim_photos(limit=10) == []
    let_leases_expire()
    assert len(queue.claim_photos(limit=10)) == 1


def test_a_photo_that_was_tried_before_goes_alone_and_last() -> None:
    """A suspect neither delays nor endangers photos that were never tried."""
    suspects = pending_photos(2, attempts=1)
    newcomers = pending_photos(3)
    claims = [[photo.pk for photo in queue.claim_photos(limit=10)] for _ in range(3)]
    assert claims == [[photo.pk for photo in newcomers], [suspects[0].pk], [suspects[1].pk]]


def test_who_asks_for_tried_photos_gets_the_one_that_waited_longest() -> None:
    """However many fresh ones wait; and where none was tried before, fresh ones are claimed."""
    now = timezone.now()
    first, second = (
        pending_photos(1, attempts=1, claimed_until=now - timedelta(minutes=minutes))[0]
        for minutes in (9, 5)
    )
    pending_photos(30)
    claims = [queue.claim_photos(limit=4, tried_first=True) for _ in range(3)]
    assert [[photo.pk for photo in claim] for claim in claims[:2]] == [[first.pk], [second.pk]]
    assert [photo.attempts for photo in claims[2]] == [1, 1, 1, 1]


def test_what_is_given_back_cost_no_attempt() -> None:
    """As if it had never been claimed; what somebody else claimed meanwhile is theirs."""
    pending_photos(2)
    claimed = queue.claim_photos(limit=2)
    ListingPhoto.objects.filter(pk=claimed[1].pk).update(claim=uuid4())
    queue.give_back(claimed)
    given, kept = (fresh(photo) for photo in claimed)
    assert (given.attempts, given.claim, given.claimed_until) == (0, None, None)
    assert (kept.attempts, kept.claim is not None) == (1, True)
    assert [photo.pk for photo in queue.claim_photos(limit=2)] == [given.pk]


def test_results_are_stored_whole(model: ModelVersion) -> None:
    """A tag arrives with its confidences, scores, model and time, and the claim is gone."""
    pending_photos(1)
    photos = queue.claim_photos(limit=1)
    assert queue.store_results(photos=photos, results=[tagged()], version=model) == 1
    photo = fresh(photos[0])
    assert (photo.status, photo.main, photo.sub) == ("classified", "Bags", "Tote Bags")
    assert (photo.main_confidence, photo.sub_confidence) == (0.9, 0.9)
    assert (photo.outcome, photo.reason) == ("subclass", None)
    assert photo.scores == tagged().scores.as_dict()
    assert photo.model_version == model
    assert photo.classified_at is not None
    assert (photo.claim, photo.claimed_until) == (None, None)


def test_a_bad_photo_fails_alone(model: ModelVersion) -> None:
    """One unreadable photo of a batch is `failed` with its reason; the others are tagged."""
    pending_photos(3)
    photos = queue.claim_photos(limit=3)
    results: list[Result] = [tagged(), Unreadable("The file is gone."), tagged(main_confidence=0.5)]
    queue.store_results(photos=photos, results=results, version=model)
    assert [fresh(photo).status for photo in photos] == ["classified", "failed", "classified"]
    assert fresh(photos[1]).error == "The file is gone."
    assert fresh(photos[2]).outcome == "unknown"


def test_only_who_holds_the_claim_may_store(model: ModelVersion) -> None:
    """A slow worker whose photo was claimed by another meanwhile changes nothing."""
    pending_photos(1)
    slow = queue.claim_photos(limit=1)
    let_leases_expire()
    quick = queue.claim_photos(limit=1)
    assert queue.store_results(photos=slow, results=[Unreadable("?")], version=model) == 0
    assert queue.store_results(photos=quick, results=[tagged()], version=model) == 1
    assert queue.store_results(photos=slow, results=[Unreadable("?")], version=model) == 0
    assert fresh(slow[0]).status == "classified"


def test_a_late_result_counts_while_nobody_else_took_over(model: ModelVersion) -> None:
    """An expired lease alone loses no work: the claim is still the worker's own."""
    pending_photos(1)
    photos = queue.claim_photos(limit=1)
    let_leases_expire()
    assert queue.store_results(photos=photos, results=[tagged()], version=model) == 1


def test_what_is_postponed_rests_longer_each_time(model: ModelVersion, settings: Settings) -> None:
    """Trouble around a photo is tried again after growing pauses, and at last given up."""
    pending_photos(1)
    pauses = []
    for _ in range(settings.CLASSIFY_MAX_ATTEMPTS):
        photos = queue.claim_photos(limit=1)
        queue.store_results(photos=photos, results=[Postponed("No storage.")], version=model)
        photo = fresh(photos[0])
        assert photo.error == "No storage."
        if photo.claimed_until is not None:
            assert queue.claim_photos(limit=1) == []
            pauses.append((photo.claimed_until - timezone.now()).total_seconds())
            let_leases_expire()
    assert pauses == pytest.approx([5, 45, 405, 3645], abs=4)
    assert photo.status == "failed"


def test_the_sweep_gives_back_what_a_dead_worker_held(settings: Settings) -> None:
    """Expired claims are freed and reported; claims that last are left alone."""
    pending_photos(3)
    queue.claim_photos(limit=2)
    let_leases_expire()
    queue.claim_photos(limit=1)
    result = queue.sweep()
    assert (result.returned, result.given_up, result.waiting) == (2, 0, True)
    assert ListingPhoto.objects.filter(claim__isnull=False).count() == 1


def test_the_sweep_gives_up_on_what_killed_its_worker_every_time(settings: Settings) -> None:
    """After the last attempt a photo is `failed`, visible with a reason, and never claimed."""
    pending_photos(1)
    for _ in range(settings.CLASSIFY_MAX_ATTEMPTS):
        assert len(queue.claim_photos(limit=1)) == 1
        let_leases_expire()
    assert queue.claim_photos(limit=1) == []
    assert queue.sweep().given_up == 1
    photo = ListingPhoto.objects.get()
    assert photo.status == "failed"
    assert "crashes the decoder" in photo.error


def test_the_sweep_gives_up_on_what_was_tried_more_often_than_is_allowed_by_now(
    settings: Settings,
) -> None:
    """After the limit was set lower no photo stays pending for ever."""
    pending_photos(1)
    ListingPhoto.objects.update(attempts=settings.CLASSIFY_MAX_ATTEMPTS + 3)
    assert queue.sweep().given_up == 1
    assert ListingPhoto.objects.get().status == "failed"


def test_a_rest_longer_than_any_was_begun_by_a_clock_that_was_ahead() -> None:
    """The sweep ends it; one that rests as long as its attempts say rests on."""
    once, often = pending_photos(2)
    ends = timezone.now() + timedelta(minutes=50)
    for photo, attempts in ((once, 1), (often, 4)):
        ListingPhoto.objects.filter(pk=photo.pk).update(attempts=attempts, claimed_until=ends)
    assert queue.sweep().returned == 1
    assert list(queue.claimable()) == [once]


def test_an_idle_system_has_nothing_to_sweep() -> None:
    """Without pending photos the sweep finds nothing and notifies nobody."""
    assert queue.sweep() == queue.SweepResult(0, 0, waiting=False)


def test_a_failed_photo_can_be_tried_again(model: ModelVersion, settings: Settings) -> None:
    """On request a failed photo is pending with all its attempts; others stay as they are."""
    failed = pending_photos(1, status="failed", error="Gone.", attempts=4)
    pending_photos(1)
    assert queue.try_again(ListingPhoto.objects.all()) == 1
    photo = fresh(failed[0])
    assert (photo.status, photo.attempts, photo.error) == ("pending", 0, "")


def test_finding_work_does_not_read_the_whole_table(
    real_database: str, model: ModelVersion
) -> None:
    """With many photos done and few pending, the plan is the index over the pending ones."""
    done = pending_photos(400)
    ListingPhoto.objects.filter(pk__in=[photo.pk for photo in done]).update(
        status="failed", error="done"
    )
    pending_photos(3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if real_database == "postgresql":
            # So few rows are read whole in any case; the question is which plan is possible.
            cursor.execute("SET enable_seqscan = off")
    plan = queue.claimable()[:64].explain()
    assert "photo_pending" in plan
    if real_database == "postgresql":
        assert "Sort" not in plan
    else:
        assert "TEMP B-TREE" not in plan
