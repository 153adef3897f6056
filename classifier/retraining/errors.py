"""Why a retraining cannot begin or go on, in words for whoever asked for it."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

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
            words = (
                _(
                    "%(run)s was asked for by %(name)s on %(time)s and waits for the trainer. Wait "
                    "until it is done."
                )
                if run.requested_by
                else _(
                    "%(run)s was asked for on %(time)s and waits for the trainer. Wait until it is "
                    "done."
                )
            )
            at = _at(run.requested_at)
            return words % {"run": run, "name": run.requested_by, "time": at}
        case RetrainRun.State.RUNNING:
            stage = run.get_stage_display() or _("at its beginning")
            return _(
                "%(run)s runs since %(time)s (%(stage)s). Wait until it is done; if its process "
                "was killed, it can be started again after %(until)s."
            ) % {
                "run": run, "time": _at(run.started_at), "stage": stage,
                "until": _at(run.alive_until),
            }  # fmt: skip
    words = _("%(run)s ended on %(time)s; a run works once. Ask for another.")
    return words % {"run": run, "time": _at(run.finished_at)}


def _at(moment: datetime | None) -> str:
    if moment is None:
        return _("an unknown time")
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
