"""Ask for a retraining: by a person, or by the schedule. One is unfinished at most."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from classifier import notify
from classifier.models import RetrainRun
from classifier.models.queries.leases import freed_lately
from classifier.retraining.errors import AlreadyRunningError
from classifier.retraining.lease import free
from classifier.retraining.schedule import next_run

logger = logging.getLogger(__name__)

UNFINISHED: Final = (RetrainRun.State.QUEUED, RetrainRun.State.RUNNING)


def request(
    *, trigger: RetrainRun.Trigger, policy: RetrainRun.Policy, by: User | None = None
) -> RetrainRun:
    """Return a run for this wish, and notify the trainer unless a command asks.

    Usually a new, queued one. A run whose process died is returned instead: it goes on where it
    stopped, under the new policy. Asking twice for what still waits is asking once.

    Raises:
        AlreadyRunningError: if a retraining runs, or waits at somebody else's wish.
    """
    wish: dict[str, object] = {"trigger": trigger, "policy": policy, "requested_by": by}
    with transaction.atomic():
        run = _unfinished_or_new(wish)
        if trigger != RetrainRun.Trigger.COMMAND:
            # A command does the work itself.
            transaction.on_commit(lambda: notify_trainer(run), robust=True)
    return run


def _unfinished_or_new(wish: dict[str, object]) -> RetrainRun:
    unfinished = RetrainRun.objects.select_for_update(of=("self",)).filter(state__in=UNFINISHED)
    run = unfinished.select_related("requested_by").first()
    if run is None:
        try:
            # A savepoint, so that a refused insert leaves the transaction usable.
            with transaction.atomic():
                return RetrainRun.objects.create(**wish)
        except IntegrityError as error:
            # The constraint says that somebody was faster.
            raise AlreadyRunningError(RetrainRun.objects.latest("pk")) from error
    mine = (run.trigger, run.requested_by) == (wish["trigger"], wish["requested_by"])
    waits = run.state == RetrainRun.State.QUEUED
    if (waits and not mine) or not _is_free(run, timezone.now()):
        raise AlreadyRunningError(run)
    for name, value in wish.items():
        setattr(run, name, value)
    run.save(update_fields=list(wish))
    return run


def _is_free(run: RetrainRun, now: datetime) -> bool:
    return RetrainRun.objects.filter(free(now), pk=run.pk).exists()


def call_off(*, run: RetrainRun, by: User) -> bool:
    """End a run that waits or works; return whether it was unfinished. Its process soon notices."""
    ended = RetrainRun.objects.filter(pk=run.pk, state__in=UNFINISHED).update(
        state=RetrainRun.State.CALLED_OFF,
        message=f"Called off by {by}. The champion stays what it is.",
        finished_at=timezone.now(),
        owner=None,
        alive_until=None,
        doing="",
    )
    return bool(ended)


def consider(now: datetime | None = None) -> RetrainRun | None:
    """Ask for the automatic retraining if it is due, and return it."""
    if next_run(now).why_not_yet:
        return None
    try:
        return request(trigger=RetrainRun.Trigger.SCHEDULE, policy=RetrainRun.Policy.GATE)
    except AlreadyRunningError as error:
        # Somebody asked in between.
        logger.info("No automatic retraining: %s", error)
        return None


def notify_trainer(run: RetrainRun) -> bool:
    """Tell a trainer to look at a run; return whether the broker took the message."""
    return notify.send(notify.RETRAIN_TASK, run.pk, unheard=f"{run} waits for the sweep")


def waiting(longer_than: timedelta, now: datetime) -> int | None:
    """Return the run that nobody has worked on for longer than this, if there is one."""
    free_for_long = RetrainRun.objects.filter(free(now)).exclude(
        freed_lately(queued=Q(state=RetrainRun.State.QUEUED), within=longer_than, now=now)
    )
    return free_for_long.values_list("pk", flat=True).first()


def notify_if_waiting(now: datetime | None = None) -> RetrainRun | None:
    """Notify the trainer of the run that nobody works on, if there is one, and return it."""
    run = RetrainRun.objects.filter(free(now or timezone.now())).first()
    if run is not None:
        notify_trainer(run)
    return run
