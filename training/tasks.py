"""Celery entry points of training; the row of a run is the record of what is to do."""

import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from classifier.models import Heartbeat
from classifier.notify import JOB_TASK, RETRAIN_TASK
from classifier.worker.beat import Beat, poll_for_ever, start
from training.jobs import pending


@shared_task(name=RETRAIN_TASK)
def retrain(run: int) -> None:
    """Do the retraining of this number, or go on with it."""
    pending.do_retraining(run)


@shared_task(name=JOB_TASK)
def do_job(job: int) -> None:
    """Do the job of this number."""
    pending.do_job(job)


@worker_ready.connect
def get_ready(sender: Any, **_: Any) -> None:
    """Say every few seconds that the trainer is alive, and look for work without messages."""
    queues = sender.app.amqp.queues.consume_from
    if settings.CELERY_TASK_ROUTES[RETRAIN_TASK]["queue"] in queues:
        until_it_ends = threading.Event()
        start(Beat(Heartbeat.Kind.TRAINER, dict).write_for_ever, "heartbeat", until_it_ends)
        start(poll_for_ever, "poll-work", until_it_ends, pending.do_what_waits)
