"""What must be so for photos to be tagged: one function a part, each a sentence when it is not.

A sentence says what is wrong and what to do. Each check has a deadline, so that what hangs is
something wrong too, and not a monitor that hangs.
"""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from celery import current_app
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from classifier.drift import days
from classifier.models import Canary, Heartbeat, ListingPhoto
from classifier.models.queries.row_counts import count_or_estimate
from classifier.operations import heartbeat
from classifier.photos.storage import StorageUnavailableError, must_be_there, storage_errors
from classifier.retraining.health import missing_trainer
from classifier.sentences import kept_moment
from classifier.tagging import queue
from classifier.versions import registry
from slowfashion_ai.timed_check import TimedCheck

ANSWER_SECONDS: Final = 5.0
BROKER_SECONDS: Final = 2.0
LEAST_DISK_BYTES: Final = 2 * 2**30
CANARY_FILE: Final = "canary/storage"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says: a sentence of what is wrong and what to do, empty when all is well."""

    name: str
    sentence: str

    @property
    def is_well(self) -> bool:
        return not self.sentence


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def storage() -> str:
    """Read a small file of our own; write it where it is not there yet."""
    try:
        must_be_there(default_storage)
        with storage_errors(default_storage):
            if not default_storage.exists(CANARY_FILE):
                _write_canary_file()
            with default_storage.open(CANARY_FILE, "rb") as file:
                file.read(1)
    except (StorageUnavailableError, FileNotFoundError) as error:
        return (
            f"The photo storage does not answer ({error}). Uploads are refused and photos wait; "
            "look at the service “storage”, its disk and its address."
        )
    return ""


def _write_canary_file() -> None:
    # Imported here: nothing else in this module makes a file.
    from django.core.files.base import ContentFile

    default_storage.save(CANARY_FILE, ContentFile(b"It can be read."))


def broker() -> str:
    try:
        with current_app.connection_for_write() as line:
            line.transport_options = {
                **line.transport_options, "socket_timeout": BROKER_SECONDS,
                "socket_connect_timeout": BROKER_SECONDS,
            }  # fmt: skip
            line.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except (BrokerError, OSError) as error:
        return (
            f"The broker does not answer ({error}). Photos are tagged some seconds later, since "
            "workers look by themselves; start the process “redis”, or look into its log."
        )
    return ""


def workers() -> str:
    if heartbeat.fresh(Heartbeat.Kind.WORKER).exists():
        return ""
    last = Heartbeat.objects.filter(kind=Heartbeat.Kind.WORKER).order_by("-seen_at").first()
    since = f"since {kept_moment(last.seen_at)}" if last else "yet"
    return f"No worker has been seen {since}. Start the process “worker”, or look into its log."


def champion() -> str:
    """Has a living worker the champion in its memory?"""
    version = registry.champion()
    if version is None:
        return str(registry.NoChampionError())
    if version.load_error:
        return f"The champion {version} could not be loaded. {version.load_error}"
    alive = heartbeat.fresh(Heartbeat.Kind.WORKER)
    if alive.exists() and not alive.filter(model=version.name).exists():
        return (
            f"No worker has loaded the champion {version} yet. After a promotion this takes "
            "seconds; if it lasts, look into a worker's log."
        )
    return ""


def oldest_pending() -> str:
    """Does every photo get its tag within `OLDEST_PENDING_SECONDS`?"""
    bound = timedelta(seconds=settings.OLDEST_PENDING_SECONDS)
    oldest = queue.first_pending()
    if oldest is None or timezone.now() - oldest.created_at <= bound:
        return ""
    late = ListingPhoto.objects.filter(queue.PENDING, created_at__lt=timezone.now() - bound)
    age = timezone.now() - oldest.created_at
    return (
        f"{count_or_estimate(late):,} photos wait for longer than "
        f"{settings.OLDEST_PENDING_SECONDS} seconds, photo {oldest.pk} for "
        f"{age.total_seconds():.0f}. Start more workers, or look into their log."
    )


def scheduler() -> str:
    if heartbeat.fresh(Heartbeat.Kind.SCHEDULER).exists():
        return ""
    return (
        "No scheduler is alive, so abandoned photos wait and nothing is removed. Start the "
        "process “scheduler”, or look into its log."
    )


def trainer() -> str:
    return missing_trainer()


def drift() -> str:
    """Was the stream's last day like those before?"""
    return days.alarm()


def disk() -> str:
    """Is there room where this machine keeps its database and photos?"""
    folders = [Path(settings.VAR_DIR)]
    if isinstance(default_storage, FileSystemStorage):
        folders.append(Path(default_storage.location))
    for folder in folders:
        if not folder.exists():
            continue
        free = shutil.disk_usage(folder).free
        if free < LEAST_DISK_BYTES:
            return (
                f"Only {free / 2**30:.1f} GB are free in {folder}; uploads are refused when it is "
                "full. Make room, or move it to a larger disk."
            )
    return ""


def canary() -> str:
    """Did the last photo of our own go the whole way?"""
    last = Canary.objects.first()
    if last is None or last.tagged_at is not None:
        return ""
    bound = timedelta(seconds=settings.OLDEST_PENDING_SECONDS)
    if last.error:
        return f"A test photo could not be sent the whole way: {last.error}"
    if timezone.now() - last.sent_at < bound:
        return ""
    return (
        f"A test photo that was sent on {kept_moment(last.sent_at)} is not tagged "
        "yet, so neither are sellers' photos. Look at the workers first."
    )


CHECKS: Final[tuple[Callable[[], str], ...]] = (
    database, storage, broker, workers, champion, oldest_pending, canary, scheduler, trainer, disk,
    drift,
)  # fmt: skip
# Without these no photo is tagged; the others are alarms all the same.
NEEDED: Final = frozenset(
    {"database", "storage", "broker", "workers", "champion", "oldest_pending"}
)


def _closing(check: Callable[[], str]) -> Callable[[], str]:
    def run() -> str:
        try:
            return check()
        finally:
            connection.close()

    return run


TIMED: Final = {
    check.__name__: TimedCheck(_closing(check), seconds=ANSWER_SECONDS) for check in CHECKS
}


def find_all() -> Sequence[Finding]:
    """Return what every check says; those that need the database are left out while it is away."""
    first = find(database.__name__)
    if not first.is_well:
        return [first]
    names = [check.__name__ for check in CHECKS if check is not database]
    with ThreadPoolExecutor(len(names)) as threads:
        return [first, *threads.map(find, names)]


def find(name: str) -> Finding:
    """Return what one check says, in time."""
    try:
        return Finding(name, TIMED[name]())
    except TimeoutError:
        return Finding(
            name,
            f"The check of “{name.replace('_', ' ')}” has no answer after {ANSWER_SECONDS:.0f} "
            "seconds: something hangs. Look at the database, the storage and Redis.",
        )
    except DatabaseError as error:
        return Finding(
            name,
            f"The database does not answer ({type(error).__name__}). Nothing works without it and "
            "nothing is lost; start the service “database”, or look into its log.",
        )
