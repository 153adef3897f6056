"""What the trainer is asked to do besides retraining: who asked, who works on it, what came of it.

The work itself is training's. The row of a job is the record; a message on the queue ``training``
only tells a trainer to look at it.
"""

from classifier.jobs.lease import JobLease, take
from classifier.jobs.requests import missing_trainer, notify_if_waiting, request, waiting

__all__ = ["JobLease", "missing_trainer", "notify_if_waiting", "request", "take", "waiting"]
