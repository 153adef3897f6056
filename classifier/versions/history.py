"""When a model version was in production, and which versions it comes from."""

from dataclasses import dataclass
from datetime import datetime

from classifier.models import ModelVersion, Promotion


@dataclass(frozen=True, slots=True)
class Period:
    """A time in production; ``until`` is None while it lasts."""

    promotion: Promotion
    until: datetime | None


def every_period() -> list[Period]:
    """Return all times in production, the latest first."""
    rows = list(Promotion.objects.select_related("by", "version", "replaced"))
    ends = [None, *(row.at for row in rows)]
    return [Period(row, until) for row, until in zip(rows, ends, strict=False)]


def periods(version: ModelVersion) -> list[Period]:
    """Return when a version was the champion, the latest first."""
    return [period for period in every_period() if period.promotion.version_id == version.pk]


def period_at(when: datetime) -> Period | None:
    """Return the time in production that a moment falls into; None before the first promotion."""
    promotion = (
        Promotion.objects.filter(at__lte=when).select_related("by", "version", "replaced").first()
    )
    if promotion is None:
        return None
    after = Promotion.objects.filter(at__gt=when).order_by("at", "id").first()
    return Period(promotion, after.at if after else None)


def ancestors(version: ModelVersion) -> list[ModelVersion]:
    """Return the versions that it comes from: its parent, the parent's parent and so on."""
    versions: list[ModelVersion] = []
    parent = version.parent
    while parent is not None and parent not in versions:
        versions.append(parent)
        parent = parent.parent
    return versions
