"""Does what waits for the trainer though no message of it came: the broker is deaf, or away."""

import threading
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from classifier import jobs, retraining
from classifier.worker.watchdog import needed_programs

# The sweep sends a message for it twice a minute, also for what was postponed.
MESSAGES_HAVE: Final = timedelta(minutes=1)
# One thing at a time in a trainer, whoever brings it: both may need all its memory.
_at_work: Final = threading.Lock()


def do_retraining(run: int) -> None:
    """Do the retraining of this number, or go on with it."""
    # Imported here: the scheduler loads the tasks too and needs no torch.
    with needed_programs():
        from training.retrain.candidate.start import work_on

    with _at_work:
        work_on(run)


def do_job(job: int) -> None:
    """Do the job of this number."""
    # Imported here, as above.
    with needed_programs():
        from training.jobs.start import work_on

    with _at_work:
        work_on(job)


def do_what_waits(now: datetime | None = None) -> None:
    """Do the retraining and the jobs that messages should have brought `MESSAGES_HAVE` ago."""
    if _at_work.locked():
        return
    now = now or timezone.now()
    if (run := retraining.waiting(MESSAGES_HAVE, now)) is not None:
        do_retraining(run)
    for job in jobs.waiting(MESSAGES_HAVE, now):
        do_job(job)
