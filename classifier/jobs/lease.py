"""One process's hold on one job; a process that dies lets it pass."""

import logging
import time
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from classifier.models import ModelVersion, TrainerJob
from classifier.models.queries.leases import is_over
from slowfashion_ai.database.away import DATABASE_AWAY

logger = logging.getLogger(__name__)
State = TrainerJob.State

MAX_ATTEMPTS: Final = 3
SECONDS_BETWEEN_REPORTS: Final = 1.0


def free(now: datetime) -> Q:
    """Return what tells jobs that a process may take: queued ones, and those of a dead process."""
    dead = is_over("alive_until", lasts=settings.RETRAIN_LEASE, now=now)
    return Q(state=State.QUEUED) | Q(state=State.RUNNING) & dead


def take(number: int) -> "JobLease | None":
    """Take a job that is queued, or whose process is dead; None if there is none to take.

    A job that killed its process `MAX_ATTEMPTS` times fails.
    """
    token, now = uuid4(), timezone.now()
    mine = TrainerJob.objects.filter(free(now), pk=number)
    given_up = mine.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED,
        message=f"The trainer stopped {MAX_ATTEMPTS} times at this work; its log may say why.",
        finished_at=now,
        owner=None,
        alive_until=None,
    )
    taken = not given_up and mine.update(
        state=State.RUNNING,
        owner=token,
        alive_until=now + settings.RETRAIN_LEASE,
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    job = TrainerJob.objects.select_related("version", "other", "requested_by").get(pk=number)
    return JobLease(job, token)


class JobLease:
    """What a process may write of the job it works on, as long as it is its own."""

    def __init__(self, job: TrainerJob, token: UUID) -> None:
        self.job = job
        self._token = token
        self._reported_at = -SECONDS_BETWEEN_REPORTS

    def report_progress(self, doing: str, progress: float) -> None:
        """Store how far it is, 0 to 1, and that it is alive; at most once a second."""
        now = time.monotonic()
        if now - self._reported_at < SECONDS_BETWEEN_REPORTS:
            return
        self._reported_at = now
        self._write(
            doing=doing[:200],
            progress=min(max(progress, 0.0), 1.0),
            alive_until=timezone.now() + settings.RETRAIN_LEASE,
        )

    def remember(self, **arguments: Any) -> None:
        """Keep something with the job's arguments, for whoever begins it anew."""
        self.job.arguments = {**self.job.arguments, **arguments}
        self._write(arguments=self.job.arguments)

    def finish(
        self,
        *,
        message: str,
        result: dict[str, Any] | None = None,
        made: ModelVersion | None = None,
    ) -> None:
        """End the job with its result."""
        self._end(state=State.DONE, message=message, result=result, made=made, progress=1.0)

    def fail(self, message: str) -> None:
        """End the job without a result; ``message`` says why, and what to do."""
        self._end(state=State.FAILED, message=message)

    def let_go(self, doing: str) -> None:
        """Leave the job to the next process; what it was let go for is no attempt of its own.

        While nothing can be written, the next one comes after the lease, and it is an attempt.
        """
        try:
            self._write(
                alive_until=timezone.now(),
                owner=None,
                doing=doing[:200],
                attempts=Greatest(F("attempts") - 1, 0),
            )
        except DATABASE_AWAY as error:
            logger.warning("%s goes on when its lease is over: %s", self.job, error)
            connection.close()

    def _end(self, **changes: Any) -> None:
        self._write(**changes, finished_at=timezone.now(), owner=None, alive_until=None, doing="")

    def _write(self, **changes: Any) -> None:
        mine = TrainerJob.objects.filter(pk=self.job.pk, owner=self._token)
        if not mine.update(**changes):
            logger.warning("%s is another process's by now; nothing was written.", self.job)
