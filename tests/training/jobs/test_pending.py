"""The trainer does what waits, also where no message of it comes."""

import logging
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import classifier.tasks
import training.tasks
from classifier import jobs, retraining
from classifier.models import RetrainRun, TrainerJob
from tests.databases import database_away
from tests.servers.environment import bare_environment
from tests.servers.prepared import SECRET_KEY, prepare
from tests.servers.processes import completed
from tests.tagged_photos import a_version
from training.jobs.pending import MESSAGES_HAVE, do_what_waits

PROMISES = TrainerJob.Kind.PROMISES
LONG_AGO = MESSAGES_HAVE + timedelta(seconds=1)


@pytest.fixture
def run() -> RetrainRun:
    """A run that ends at once: there is no champion that it could start from."""
    return retraining.request(
        trigger=RetrainRun.Trigger.ADMIN, policy=RetrainRun.Policy.NEVER, by=None
    )


@pytest.fixture
def job() -> TrainerJob:
    """A job that ends at once: the version has no bundle."""
    return jobs.request(kind=PROMISES, version=a_version())


def states() -> tuple[str, str]:
    return RetrainRun.objects.get().state, TrainerJob.objects.get().state


@pytest.mark.django_db
def test_what_messages_should_have_brought_a_minute_ago_is_done(
    run: RetrainRun, job: TrainerJob
) -> None:
    """Before that they may be on their way; a command does the run itself that it asks for."""
    do_what_waits()
    assert states() == ("queued", "queued")
    do_what_waits(timezone.now() + LONG_AGO)
    assert states() == ("failed", "failed")
    assert "No model is in production" in RetrainRun.objects.get().message


@pytest.mark.django_db
def test_work_that_was_put_off_is_left_to_the_sweep(run: RetrainRun, job: TrainerJob) -> None:
    """What it waits for is not there every five seconds; a dead trainer's work comes at once."""
    with pytest.raises(retraining.PostponedError), retraining.take(run):
        raise retraining.PostponedError("The storage is away.")
    lease = jobs.take(job.pk)
    assert lease is not None
    lease.let_go("The database was away.")
    do_what_waits(timezone.now() + timedelta(seconds=5))
    assert states() == ("running", "running")
    do_what_waits(timezone.now() + LONG_AGO)
    assert states() == ("failed", "failed")


@pytest.mark.django_db
def test_a_job_that_is_let_go_has_lost_no_attempt(job: TrainerJob) -> None:
    """The database was away, the job is not to blame."""
    for _ in range(4):
        lease = jobs.take(job.pk)
        assert lease is not None
        lease.let_go("The database was away.")
    job.refresh_from_db()
    assert (job.state, job.attempts, job.owner) == ("running", 0, None)


@pytest.mark.parametrize("name", ["retrain", "do_job"])
@pytest.mark.parametrize("real_database", ["sqlite"], indirect=True)
def test_a_trainer_says_in_one_line_that_its_database_is_away(
    name: str, real_database: str, run: RetrainRun, job: TrainerJob,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """The work waits for the sweep; nothing has failed, and no traceback fills the log."""
    number = {"retrain": run.pk, "do_job": job.pk}[name]
    with database_away(real_database), caplog.at_level(logging.INFO):
        getattr(training.tasks, name).apply(args=[number])
    assert "waits for the next sweep, since the database is away" in caplog.text
    assert "Traceback" not in caplog.text
    assert states() == ("queued", "queued")


@pytest.mark.parametrize("real_database", ["sqlite"], indirect=True)
def test_any_task_says_in_one_line_that_its_database_is_away(
    caplog: pytest.LogCaptureFixture, real_database: str
) -> None:
    """The scheduler brings the task again."""
    a_version()
    with database_away(real_database), caplog.at_level(logging.INFO):
        classifier.tasks.sweep_photos.apply()
    assert "sweep_photos could not be done: the database is away. database is" in caplog.text
    assert "Traceback" not in caplog.text


TRAINER = """
import time
from datetime import timedelta
from types import SimpleNamespace
import django
django.setup()
from django.utils import timezone
from classifier.models import Heartbeat, ModelVersion, TrainerJob
from training.tasks import get_ready
version = ModelVersion.objects.create(name="a-model", weights_sha256="0" * 64, manifest={})
job = TrainerJob.objects.create(kind="promises", version=version)
TrainerJob.objects.update(requested_at=timezone.now() - timedelta(minutes=2))
queues = SimpleNamespace(consume_from={"training": None})
get_ready(sender=SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues))))
until = time.monotonic() + 60
while job.state == "queued" and time.monotonic() < until:
    time.sleep(0.2)
    job.refresh_from_db()
print(job.state, *Heartbeat.objects.values_list("kind", flat=True))
"""


@pytest.mark.integration
def test_a_trainer_finds_work_for_itself(short_folder: Path) -> None:
    """A process that hears nothing of its broker takes a job that waits for two minutes."""
    prepare(short_folder, None)
    environment = bare_environment() | {
        "VAR_DIR": str(short_folder), "SECRET_KEY": SECRET_KEY, "OMP_NUM_THREADS": "1",
        "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings",
    }  # fmt: skip
    done = completed([sys.executable, "-c", TRAINER], environment)
    assert done.stdout.split() == ["failed", "trainer"], done.stderr
