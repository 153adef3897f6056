"""Leases after a clock that was ahead by an hour was put right: none holds anything up for it."""

from contextlib import AbstractContextManager
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from classifier import jobs
from classifier.jobs import lease as job_lease
from classifier.models import Heartbeat, QueueItem, TrainerJob
from classifier.operations import heartbeat, lease
from classifier.review import grid
from classifier.review.queue.claims import claim_next
from classifier.tagging import queue
from classifier.tagging.results import Postponed
from tests.rows import a_champion, pending_photos
from tests.tagged_photos import UNKNOWN, a_photo

pytestmark = pytest.mark.django_db


def an_hour_ahead() -> AbstractContextManager[object]:
    true = timezone.now
    return patch.object(timezone, "now", lambda: true() + timedelta(hours=1))


def test_a_photo_that_a_killed_worker_claimed_is_free_at_once() -> None:
    """The sweep gives it back, and the next worker takes it."""
    (photo,) = pending_photos(1)
    with an_hour_ahead():
        assert queue.claim_photos(limit=5)
    assert queue.sweep().returned == 1
    assert [row.pk for row in queue.claim_photos(limit=5)] == [photo.pk]


def test_a_lease_that_was_just_taken_lasts() -> None:
    """Also when the other machine's clock is ahead by less than a lease."""
    pending_photos(1)
    true = timezone.now
    with patch.object(timezone, "now", lambda: true() + timedelta(seconds=20)):
        queue.claim_photos(limit=5)
    assert (queue.sweep().returned, queue.claim_photos(limit=5)) == (0, [])


def test_a_photo_rests_for_no_longer_than_its_attempts_ask_for() -> None:
    """One put off while the clock was ahead comes back with a sweep; one put off now rests."""
    pending_photos(1)
    version = a_champion()
    with an_hour_ahead():
        photos = queue.claim_photos(limit=5)
        queue.store_results(photos=photos, results=[Postponed("Slow.")], version=version)
    assert queue.sweep() == queue.SweepResult(1, 0, waiting=True)
    again = queue.claim_photos(limit=5)
    assert len(again) == 1
    queue.store_results(photos=again, results=[Postponed("Slow.")], version=version)
    assert queue.sweep() == queue.SweepResult(0, 0, waiting=False)
    assert queue.claim_photos(limit=5) == []


def test_the_scheduler_and_the_trainer_begin() -> None:
    """A second scheduler takes the lease, and a trainer the job of one that died."""
    job = jobs.request(kind=TrainerJob.Kind.PROMISES, version=a_champion())
    with an_hour_ahead():
        lease.take("scheduler", uuid4(), lasts=timedelta(seconds=30))
        assert job_lease.take(job.pk) is not None
    assert lease.take("scheduler", uuid4(), lasts=timedelta(seconds=30))
    assert not lease.take("scheduler", uuid4(), lasts=timedelta(seconds=30))
    assert job_lease.take(job.pk) is not None
    assert job_lease.take(job.pk) is None


def test_a_photo_on_a_screen_is_shown_to_another_moderator(moderator: User, anna: User) -> None:
    """The screen's lease was taken while the clock was ahead."""
    (photo,) = pending_photos(1)
    QueueItem.objects.create(photo=photo, rank=0, queued_at=timezone.now())
    with an_hour_ahead():
        assert claim_next(moderator=moderator) is not None
    assert claim_next(moderator=anna) is not None


def test_the_wall_shows_it_to_another_moderator_too(moderator: User, anna: User) -> None:
    a_photo("Boots", **UNKNOWN)
    with an_hour_ahead():
        assert claim_next(moderator=moderator) is not None
    assert grid.wall(grid.Tag(grid.UNKNOWN), moderator=anna).count == 1


def test_a_dead_process_does_not_look_alive() -> None:
    """Its last sign of life is of the future."""
    with an_hour_ahead():
        heartbeat.write(Heartbeat.Kind.WORKER)
    assert not heartbeat.fresh(Heartbeat.Kind.WORKER).exists()
    assert not heartbeat.is_fresh(Heartbeat.objects.get(), now=timezone.now())
