"""Whether somebody does the work that is asked for."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from classifier.models import RetrainRun
from classifier.sentences import kept_moment

# A trainer that is there takes a run within seconds, and the sweep notifies it twice a minute.
TAKES_WITHIN: Final = timedelta(minutes=2)


def missing_trainer(now: datetime | None = None) -> str:
    """Return a sentence if a run waits for a trainer for too long; empty when all is well."""
    late = (now or timezone.now()) - TAKES_WITHIN
    waits = Q(state=RetrainRun.State.QUEUED, requested_at__lt=late)
    fell_silent = Q(state=RetrainRun.State.RUNNING, alive_until__lt=late)
    run = RetrainRun.objects.filter(waits | fell_silent).first()
    if run is None:
        return ""
    silent_since = run.alive_until if run.state == RetrainRun.State.RUNNING else None
    since = silent_since or run.requested_at
    return (
        f"{run} waits for a trainer since {kept_moment(since)}. Start the "
        "process “trainer”, or look into its log; the run then begins, or goes on, by itself."
    )
