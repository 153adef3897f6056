"""What the operator's page shows: who is alive, what waits, what failed, how the day went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Max, Min
from django.db.models.functions import TruncHour
from django.utils import timezone

from classifier.models import Alarm, Canary, Heartbeat, Lease, ListingPhoto
from classifier.models.queries.row_counts import count_or_estimate
from classifier.operations import heartbeat
from classifier.tagging import queue

Status = ListingPhoto.Status
HOURS: Final = 24
FAILED_DAYS: Final = 7
NO_MONITOR: Final = (
    "Nobody watches: the process “monitor” is not running, so what follows may be old and nobody "
    "is told of alarms. Start it, or look into its log."
)


@dataclass(frozen=True, slots=True)
class Process:
    """One process, and whether it was seen a moment ago."""

    row: Heartbeat
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the day: photos tagged in it, and the longest way from upload to tag."""

    begins: datetime
    tagged: int
    longest: timedelta | None


@dataclass(frozen=True, slots=True)
class FailedReason:
    """Photos that failed for one reason, lately."""

    error: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """All of the page."""

    problems: Sequence[Alarm]
    is_watched: bool
    processes: Sequence[Process]
    pending: int
    oldest: datetime | None
    hours: Sequence[Hour]
    failed: Sequence[FailedReason]
    canary: Canary | None


def overview() -> Overview:
    """Return what is so now; only the database is asked."""
    now = timezone.now()
    pending = ListingPhoto.objects.filter(status=Status.PENDING)
    return Overview(
        problems=list(Alarm.objects.filter(ended_at=None).order_by("since")),
        is_watched=Lease.objects.filter(name="monitor", until__gt=now).exists(),
        processes=[
            Process(row, heartbeat.is_fresh(row, now=now)) for row in Heartbeat.objects.all()
        ],
        pending=count_or_estimate(pending),
        oldest=queue.oldest_pending(),
        hours=_hours(now),
        failed=failed_by_reason(now),
        canary=Canary.objects.filter(tagged_at__isnull=False).first(),
    )


def _hours(now: datetime) -> list[Hour]:
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    first = this_hour - timedelta(hours=HOURS - 1)
    tagged = ListingPhoto.objects.filter(status=Status.CLASSIFIED, classified_at__gte=first)
    rows = (
        tagged.annotate(hour=TruncHour("classified_at"))
        .values("hour")
        .annotate(count=Count("pk"), longest=Max(F("classified_at") - F("created_at")))
        .order_by("hour")
    )
    by_hour = {row["hour"]: Hour(row["hour"], row["count"], row["longest"]) for row in rows}
    begins = [first + timedelta(hours=number) for number in range(HOURS)]
    return [by_hour.get(hour, Hour(hour, 0, None)) for hour in begins]


def failed_by_reason(now: datetime) -> list[FailedReason]:
    """Return the reasons of the last `FAILED_DAYS` days, the most frequent first."""
    failed = ListingPhoto.objects.filter(
        status=Status.FAILED, created_at__gte=now - timedelta(days=FAILED_DAYS)
    )
    rows = failed.values("error").annotate(
        count=Count("pk"), first=Min("created_at"), last=Max("created_at")
    )
    return [FailedReason(**row) for row in rows.order_by("-count", "error")[:20]]


def try_again(error: str) -> int:
    """Make the photos that failed for a reason pending again; return how many there were."""
    failed = ListingPhoto.objects.filter(status=Status.FAILED, error=error)
    return queue.try_again(failed)
