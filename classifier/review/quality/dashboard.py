"""The figures on the admin's first page."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from classifier.models import ListingPhoto, ModelVersion, QueueItem, Review
from classifier.models.queries.row_counts import count_or_estimate
from classifier.review.quality import accuracy
from classifier.review.quality.agreement import Share

DAYS: Final = 30
# They sum over all photos of a month, and nobody needs them fresher.
KEPT_SECONDS: Final = 60
_KEY: Final = "review-figures"


@dataclass(frozen=True, slots=True)
class Day:
    """How many photos got which outcome on one day."""

    day: date
    subclass: int
    main_class: int
    unknown: int

    @property
    def total(self) -> int:
        return self.subclass + self.main_class + self.unknown


@dataclass(frozen=True, slots=True)
class DashboardFigures:
    """What the first page shows."""

    waiting: int
    waiting_unknown: int
    oldest: datetime | None
    champion: str
    accuracy: Share | None  # of the champion's tags
    accuracy_of_all: Share | None  # of every version's
    acceptance: Share | None = None  # of subclass tags by their sellers
    overrides: list[tuple[str, Share]] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    reviewers: list[tuple[str, int]] = field(default_factory=list)


def figures() -> DashboardFigures:
    """Return all figures, at most a minute old."""
    known: DashboardFigures | None = cache.get(_KEY)
    if known is None:
        known = _count()
        cache.set(_KEY, known, KEPT_SECONDS)
    return known


def _count() -> DashboardFigures:
    backlog = QueueItem.objects.filter(is_open=True)
    since = timezone.now() - timedelta(days=DAYS)
    unknown = count_or_estimate(backlog.filter(rank=QueueItem.Rank.FIRST))
    champion = ModelVersion.objects.champions().first()
    return DashboardFigures(
        waiting=count_or_estimate(backlog, at_least=unknown),
        waiting_unknown=unknown,
        oldest=_oldest(backlog),
        champion=champion.name if champion else "",
        accuracy=accuracy.unbiased_accuracy(of=champion) if champion else None,
        accuracy_of_all=accuracy.unbiased_accuracy(),
        acceptance=accuracy.seller_acceptance(since),
        overrides=accuracy.override_rates(),
        days=_days(since),
        reviewers=_reviewers(since),
    )


def _reviewers(since: datetime) -> list[tuple[str, int]]:
    """Return who reviewed most since then, and how many."""
    recent = Review.objects.verdicts().filter(at__gte=since).values("moderator")
    most = recent.annotate(count=Count("pk")).order_by("-count", "moderator")[:10]
    # Names afterwards: joined, the table of users would be read with all its sellers.
    counts = {row["moderator"]: row["count"] for row in most}
    names = User.objects.filter(pk__in=counts).values_list("pk", "username")
    return sorted(
        ((name, counts[number]) for number, name in names), key=lambda each: (-each[1], each[0])
    )


def _oldest(backlog: QuerySet[QueueItem]) -> datetime | None:
    """Return since when the first of each rank waits, the earlier of both."""
    firsts = (
        backlog.filter(rank=rank).order_by("rank", "queued_at").first() for rank in QueueItem.Rank
    )
    return min((item.queued_at for item in firsts if item), default=None)


def _days(since: datetime) -> list[Day]:
    tagged = ListingPhoto.objects.filter(status="classified", classified_at__gte=since)
    rows = (
        tagged.annotate(day=TruncDate("classified_at"))
        .values("day")
        .annotate(
            # Not of the key, which the index does not have.
            subclass=Count("outcome", filter=Q(outcome="subclass")),
            main_class=Count("outcome", filter=Q(outcome="main_class")),
            unknown=Count("outcome", filter=Q(outcome="unknown")),
        )
        .order_by("day")
    )
    by_day = {row["day"]: Day(**row) for row in rows}
    days = [timezone.localdate(since) + timedelta(days=number) for number in range(DAYS + 1)]
    return [by_day.get(day, Day(day, 0, 0, 0)) for day in days]
