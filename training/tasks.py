"""Celery entry points of training; the row of a run is the record of what is to do."""

import logging

from celery import shared_task

from classifier.notify import JOB_TASK, RETRAIN_TASK
from classifier.worker.watchdog import needed_programs

logger = logging.getLogger(__name__)


@shared_task(name=RETRAIN_TASK)
def retrain(run: int) -> None:
    """Do the retraining of this number, or go on with it."""
    # Imported here: the scheduler loads this module too and needs no torch.
    with needed_programs():
        from training.retrain.candidate.start import work_on

    work_on(run)


@shared_task(name=JOB_TASK)
def do_job(job: int) -> None:
    """Do the job of this number."""
    # Imported here, as above.
    with needed_programs():
        from training.jobs.start import work_on

    work_on(job)
