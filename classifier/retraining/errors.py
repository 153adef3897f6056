"""Why a retraining cannot begin or go on, in words for whoever asked for it."""

from django.utils import timezone

from classifier.models import RetrainRun


class RetrainingError(Exception):
    """Something about a retraining that cannot be done."""


class AlreadyRunningError(RetrainingError):
    """Another retraining is unfinished, or somebody else works on this one."""

    def __init__(self, run: RetrainRun) -> None:
        super().__init__(_why_not(run))
        self.run = run


class LeaseLostError(RetrainingError):
    """The run is no longer this process's: it fell silent for too long and another took over."""

    def __init__(self, run: RetrainRun) -> None:
        super().__init__(
            f"{run} is no longer this process's: it was called off, or this process was silent for "
            "longer than its lease and another one took over. Nothing more is written."
        )


class PostponedError(RetrainingError):
    """The run cannot go on now, for no fault of its own; the message says what it waits for.

    The next process goes on where it stopped.
    """


def _why_not(run: RetrainRun) -> str:
    match run.state:
        case RetrainRun.State.QUEUED:
            by = f" by {run.requested_by}" if run.requested_by else ""
            return (
                f"{run} was asked for{by} at {_at(run.requested_at)} and waits for the trainer. "
                "Wait until it is done."
            )
        case RetrainRun.State.RUNNING:
            stage = run.get_stage_display() or "at its beginning"
            return (
                f"{run} runs since {_at(run.started_at)} ({stage}). Wait until it is done; if its "
                f"process was killed, it can be started again after {_at(run.alive_until)}."
            )
    return f"{run} ended at {_at(run.finished_at)}; a run works once. Ask for another."


def _at(moment: object) -> str:
    return f"{timezone.localtime(moment):%d %B %H:%M:%S}" if moment else "an unknown time"  # type: ignore[arg-type]  # a field's value
