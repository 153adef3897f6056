"""Does a job that waits; whatever it ends with is in its row."""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from classifier import jobs
from classifier.jobs import JobLease
from classifier.ml.manifest import BundleError
from classifier.models import TrainerJob
from classifier.photos.storage import StorageUnavailableError
from classifier.versions.registry import RegistryError
from slowfashion_ai.database.away import DATABASE_AWAY
from training.data.folder import PhotosError
from training.jobs.comparison import compare_on_same_photos
from training.jobs.thresholds import make_thresholds, work_promises_out
from training.retrain.request import RetrainError
from training.runtime.progress import listening, time_left
from training.thresholds.held_out import ThresholdsError

logger = logging.getLogger(__name__)

WORK: Final[Mapping[str, Callable[[JobLease], None]]] = {
    TrainerJob.Kind.PROMISES: work_promises_out,
    TrainerJob.Kind.THRESHOLDS: make_thresholds,
    TrainerJob.Kind.COMPARISON: compare_on_same_photos,
}
# What people can put right; the message says how.
FAILURES: Final = (
    BundleError, PhotosError, RegistryError, RetrainError, StorageUnavailableError,
    ThresholdsError, OSError, ValueError,
)  # fmt: skip


def work_on(number: int) -> None:
    """Do a job that waits, or whose process died; a failure is in its row and in the log."""
    try:
        lease = jobs.take(number)
    except DATABASE_AWAY as error:
        logger.error(
            "Job %d waits for the next sweep, since the database is away: %s", number, error
        )
        return
    if lease is None:
        return
    job = lease.job

    def report(title: str, done: int, total: int, seconds_left: float | None) -> None:
        doing = f"{title}, {done:,} of {total:,}{time_left(seconds_left)}"
        lease.report_progress(doing, done / total if total else 0.0)

    try:
        with listening(report):
            WORK[job.kind](lease)
    except DATABASE_AWAY as error:
        logger.error("%s waits for the next sweep, since the database is away: %s", job, error)
        lease.let_go("The database was away.")
    except FAILURES as error:
        logger.error("%s (%s) failed. %s", job, job.get_kind_display(), error)
        lease.fail(str(error) or type(error).__name__)
    except Exception as error:
        lease.fail(
            f"A fault of the program ({type(error).__name__}: {error}). The trainer's log has more."
        )
        raise
