"""Retraining as the product sees it: who asked for a run, who works on it, when the next one comes.

The work itself is training's. The row of a run is the record; a message on the queue
``training`` only tells a trainer to look at it.
"""

from classifier.retraining.errors import (
    AlreadyRunningError,
    LeaseLostError,
    PostponedError,
    RetrainingError,
)
from classifier.retraining.health import missing_trainer
from classifier.retraining.lease import Lease, take
from classifier.retraining.preflight import Preflight, preflight
from classifier.retraining.requests import call_off, consider, notify_if_waiting, request, waiting
from classifier.retraining.schedule import NextRun, new_reviews, next_run

__all__ = [
    "AlreadyRunningError",
    "Lease",
    "LeaseLostError",
    "NextRun",
    "PostponedError",
    "Preflight",
    "RetrainingError",
    "call_off",
    "consider",
    "missing_trainer",
    "new_reviews",
    "next_run",
    "notify_if_waiting",
    "preflight",
    "request",
    "take",
    "waiting",
]  # fmt: skip
