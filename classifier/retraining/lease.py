"""The lease of the process that works on a run: kept alive by a thread, told by a token."""

import logging
import threading
import time
from datetime import datetime
from types import TracebackType
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from classifier.models import ModelVersion, RetrainRun
from classifier.models.queries.leases import is_over
from classifier.retraining.errors import AlreadyRunningError, LeaseLostError, PostponedError
from slowfashion_ai.database.away import DATABASE_AWAY

logger = logging.getLogger(__name__)

RENEWALS_IN_A_LEASE: Final = 4
SECONDS_BETWEEN_REPORTS: Final = 1.0


def free(now: datetime) -> Q:
    """Return what tells runs that a process may take: queued ones, and those of a dead process."""
    dead = is_over("alive_until", lasts=settings.RETRAIN_LEASE, now=now)
    return Q(state=RetrainRun.State.QUEUED) | Q(state=RetrainRun.State.RUNNING) & dead


def take(run: RetrainRun) -> "Lease":
    """Take a run that is queued, or whose process is dead; one process at a time gets it.

    Raises:
        AlreadyRunningError: if another process works on it, or it has ended.
    """
    token, now = uuid4(), timezone.now()
    taken = RetrainRun.objects.filter(free(now), pk=run.pk).update(
        state=RetrainRun.State.RUNNING,
        owner=token,
        alive_until=now + settings.RETRAIN_LEASE,
        started_at=Coalesce(F("started_at"), Now()),
    )
    run.refresh_from_db()
    if not taken:
        raise AlreadyRunningError(run)
    return Lease(run, token)


class Lease:
    """One process's hold on one run; use it as a context manager.

    Inside the block a thread says that the process is alive. An exception that leaves the block
    ends the run as failed, with its message. Being told to stop (Ctrl-C, SystemExit), a database
    that is away, or a `PostponedError` only lets go of it, so that the next process goes on at
    once. After a kill it goes on when the lease is over.
    """

    def __init__(self, run: RetrainRun, token: UUID) -> None:
        self.run = run
        self._token = token
        self._lost = threading.Event()
        self._over = threading.Event()
        self._stored_at = -SECONDS_BETWEEN_REPORTS
        self._thread = threading.Thread(
            target=self._stay_alive, name=f"lease-{run.pk}", daemon=True
        )

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        unfinished = not self._over.is_set()
        self._over.set()
        self._thread.join()
        if not unfinished or self._lost.is_set() or isinstance(error, LeaseLostError):
            return
        if error is None:
            self.fail("The retraining stopped without a verdict. This is a fault of the program.")
        elif isinstance(error, PostponedError):
            self._let_go(doing=str(error)[:200])
        elif isinstance(error, Exception) and not isinstance(error, DATABASE_AWAY):
            self.fail(str(error) or type(error).__name__)
        else:
            self._let_go()

    def _let_go(self, **changes: str) -> None:
        """Let the next process go on at once; while nothing can be written, after the lease."""
        try:
            self._mine().update(alive_until=timezone.now(), owner=None, **changes)
        except DATABASE_AWAY as error:
            logger.warning("%s goes on when its lease is over: %s", self.run, error)
            connection.close()

    def report_progress(
        self, *, stage: RetrainRun.Stage, doing: str, progress: float = 0.0
    ) -> None:
        """Store what happens now; at most once a second, except that a new stage is never left out.

        While the database is away nothing is stored and the work goes on.

        Args:
            doing: in words, without the stage.
            progress: of the stage, 0 to 1; what lies outside is put at the nearer end.

        Raises:
            LeaseLostError: if the run is another process's by now.
        """
        self._check()
        now = time.monotonic()
        if stage == self.run.stage and now - self._stored_at < SECONDS_BETWEEN_REPORTS:
            return
        self._stored_at = now
        try:
            self._write(
                stage=stage,
                doing=doing[:200],
                progress=min(max(progress, 0.0), 1.0),
                alive_until=timezone.now() + settings.RETRAIN_LEASE,
            )
        except DATABASE_AWAY as error:
            logger.warning("The progress of %s could not be stored (%s).", self.run, error)
            connection.close()

    def finish(
        self,
        *,
        verdict: RetrainRun.Verdict,
        message: str,
        candidate: ModelVersion | None = None,
        new_reviews: int = 0,
    ) -> None:
        """End the run with a verdict.

        Raises:
            LeaseLostError: if the run is another process's by now.
        """
        self._end(
            state=RetrainRun.State.DONE, verdict=verdict, message=message, candidate=candidate,
            new_reviews=new_reviews, progress=1.0,
        )  # fmt: skip

    def end_with_nothing_new(self, message: str, *, new_reviews: int) -> None:
        """End the run since there is too little to learn from; ``message`` says how much.

        Raises:
            LeaseLostError: if the run is another process's by now.
        """
        self._end(state=RetrainRun.State.NOTHING_NEW, message=message, new_reviews=new_reviews)

    def fail(self, message: str) -> None:
        """End the run without a verdict; ``message`` says why, and what to do.

        Raises:
            LeaseLostError: if the run is another process's by now.
        """
        self._end(state=RetrainRun.State.FAILED, message=message)

    def _end(self, **changes: Any) -> None:
        self._check()
        self._write(**changes, finished_at=timezone.now(), owner=None, alive_until=None, doing="")
        self._over.set()

    def _mine(self) -> QuerySet[RetrainRun]:
        return RetrainRun.objects.filter(pk=self.run.pk, owner=self._token)

    def _check(self) -> None:
        if self._lost.is_set():
            raise LeaseLostError(self.run)

    def _write(self, **changes: Any) -> None:
        if not self._mine().update(**changes):
            self._lost.set()
            raise LeaseLostError(self.run)
        for name, value in changes.items():
            setattr(self.run, name, value)

    def _stay_alive(self) -> None:
        """Renew the lease until the end; a database that does not answer is asked again."""
        pause = settings.RETRAIN_LEASE.total_seconds() / RENEWALS_IN_A_LEASE
        try:
            while not self._over.wait(pause):
                try:
                    until = timezone.now() + settings.RETRAIN_LEASE
                    held = self._mine().update(alive_until=until)
                except AnyDatabaseError as error:
                    logger.warning("The lease of %s could not be renewed (%s).", self.run, error)
                    connection.close()
                    continue
                if not held and not self._over.is_set():
                    self._lost.set()
                    return
        finally:
            connection.close()
