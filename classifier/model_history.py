"""When a model version was in production, and which versions it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from classifier.models import ModelVersion, Promotion


@dataclass(frozen=True, slots=True)
class Period:
    """A time in production; ``until`` is None while it lasts."""

    promotion: Promotion
    until: datetime | None


def periods(version: ModelVersion) -> list[Period]:
    """Return when a version was the champion, the latest first."""
    rows = list(Promotion.objects.select_related("by", "version", "replaced").order_by("at", "id"))
    following: Iterator[tuple[Promotion, Promotion | None]] = zip_longest(rows, rows[1:])
    found = [
        Period(row, after.at if after else None)
        for row, after in following
        if row.version_id == version.pk
    ]
    return found[::-1]


def ancestors(version: ModelVersion) -> list[ModelVersion]:
    """Return the versions that it comes from: its parent, the parent's parent and so on."""
    found: list[ModelVersion] = []
    parent = version.parent
    while parent is not None and parent not in found:
        found.append(parent)
        parent = parent.parent
    return found
