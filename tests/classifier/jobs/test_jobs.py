"""Jobs of the trainer: asked for once, taken by one process, begun anew after a kill."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from classifier import jobs
from classifier.models import ModelVersion, TrainerJob
from tests.tagged_photos import a_version

pytestmark = pytest.mark.django_db
PROMISES, STATE = TrainerJob.Kind.PROMISES, TrainerJob.State


@pytest.fixture
def version() -> ModelVersion:
    return a_version()


def test_asking_twice_is_asking_once(version: ModelVersion) -> None:
    """The same wish waits once; another, or one after the end, is a job of its own."""
    first = jobs.request(kind=PROMISES, version=version)
    assert jobs.request(kind=PROMISES, version=version) == first
    assert jobs.request(kind=PROMISES, version=version, arguments={"mix": "1,0,0"}) != first
    lease = jobs.take(first.pk)
    assert lease is not None
    lease.finish(message="Done.", result={"rows": []})
    assert jobs.request(kind=PROMISES, version=version) != first


def test_one_process_has_it_until_it_falls_silent(version: ModelVersion) -> None:
    """A second one gets it when the lease is over; the first then writes nothing more."""
    job = jobs.request(kind=PROMISES, version=version)
    first = jobs.take(job.pk)
    assert first is not None
    assert jobs.take(job.pk) is None
    assert jobs.notify_if_waiting() == []
    TrainerJob.objects.update(alive_until=timezone.now() - timedelta(seconds=1))
    assert jobs.notify_if_waiting() == [job.pk]
    second = jobs.take(job.pk)
    assert second is not None
    first.finish(message="Too late.")
    assert TrainerJob.objects.get().state == STATE.RUNNING
    second.finish(message="Done.")
    assert TrainerJob.objects.get().message == "Done."


def test_what_kills_its_process_every_time_fails(version: ModelVersion) -> None:
    """After three attempts nobody takes it again, and it says why."""
    job = jobs.request(kind=PROMISES, version=version)
    for _ in range(3):
        assert jobs.take(job.pk) is not None
        TrainerJob.objects.update(alive_until=timezone.now() - timedelta(seconds=1))
    assert jobs.take(job.pk) is None
    job.refresh_from_db()
    assert job.state == STATE.FAILED
    assert "stopped 3 times" in job.message


def test_a_comparison_names_two_versions(version: ModelVersion) -> None:
    """The database refuses a comparison with nothing, and another job with a second version."""
    for kind, other in ((TrainerJob.Kind.COMPARISON, None), (PROMISES, version)):
        with pytest.raises(IntegrityError), transaction.atomic():
            TrainerJob.objects.create(kind=kind, version=version, other=other)


def test_a_trainer_that_is_not_there_is_told(version: ModelVersion) -> None:
    """Within two minutes nothing is wrong; after them the page says what to do."""
    job = jobs.request(kind=PROMISES, version=version)
    assert not jobs.missing_trainer(job)
    assert "start the process" in jobs.missing_trainer(job, timezone.now() + timedelta(minutes=3))
