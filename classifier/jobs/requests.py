"""Ask the trainer for a job, and tell it of those that wait."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from classifier import notify
from classifier.jobs.lease import free
from classifier.models import ModelVersion, TrainerJob
from classifier.models.queries.leases import freed_lately

UNFINISHED: Final = (TrainerJob.State.QUEUED, TrainerJob.State.RUNNING)
# A trainer that is there, and has nothing else to do, takes a job within seconds.
TAKES_WITHIN: Final = timedelta(minutes=2)


def request(
    *,
    kind: TrainerJob.Kind,
    version: ModelVersion,
    other: ModelVersion | None = None,
    arguments: dict[str, Any] | None = None,
    by: User | None = None,
) -> TrainerJob:
    """Return a job for this wish, and notify the trainer; asking twice is asking once."""
    wish = {"kind": kind, "version": version, "other": other, "arguments": arguments or {}}
    with transaction.atomic():
        # Locked, so that two who ask at once come one after the other.
        ModelVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        job = TrainerJob.objects.filter(**wish, state__in=UNFINISHED).first()
        if job is None:
            job = TrainerJob.objects.create(**wish, requested_by=by)
        number = job.pk
        transaction.on_commit(lambda: notify_trainer(number), robust=True)
    return job


def notify_trainer(number: int) -> bool:
    """Tell a trainer to look at a job; return whether the broker took the message."""
    return notify.send(notify.JOB_TASK, number, unheard=f"job {number} waits for the sweep")


def notify_if_waiting(now: datetime | None = None) -> list[int]:
    """Notify the trainer of jobs that nobody works on, and return their numbers."""
    waiting = TrainerJob.objects.filter(free(now or timezone.now())).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True))
    for number in numbers:
        notify_trainer(number)
    return numbers


def waiting(longer_than: timedelta, now: datetime) -> list[int]:
    """Return the jobs that nobody has worked on for longer than this, the oldest first."""
    free_for_long = TrainerJob.objects.filter(free(now)).exclude(
        freed_lately(queued=Q(state=TrainerJob.State.QUEUED), within=longer_than, now=now)
    )
    return list(free_for_long.order_by("pk").values_list("pk", flat=True))


def missing_trainer(job: TrainerJob, now: datetime | None = None) -> str:
    """Return a sentence if a job waits for a trainer for too long; empty when all is well."""
    late = (now or timezone.now()) - TAKES_WITHIN
    waits = Q(state=TrainerJob.State.QUEUED, requested_at__lt=late)
    fell_silent = Q(state=TrainerJob.State.RUNNING, alive_until__lt=late)
    if not TrainerJob.objects.filter(waits | fell_silent, pk=job.pk).exists():
        return ""
    return (
        "No trainer has taken it for two minutes. It may be busy with a retraining; else start the "
        "process “trainer”, or look into its log. The job then begins by itself."
    )
