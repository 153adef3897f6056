"""Celery's application with the stages of a worker timed; a worker is given it in place of ours."""

from typing import Any

from celery.signals import worker_init

from benchmarks.live import stages
from slowfashion_ai.celery import app

__all__ = ["app"]


@worker_init.connect
def time_stages(**_: Any) -> None:
    """Wrap what a photo goes through; Django is set up by now."""
    from classifier.ml.predictor import Predictor
    from classifier.tagging import queue
    from classifier.worker import decide_all, predict

    stages.wrap(queue, "claim_photos", "claim")
    stages.wrap(predict, "_read", "read and decode")
    stages.wrap(Predictor, "prepare", "decode")
    stages.wrap(Predictor, "_pass", "network")
    stages.wrap(decide_all, "decide", "decide")
    stages.wrap(queue, "store_results", "write")
    stages.write_for_ever()
