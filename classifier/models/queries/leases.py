"""When a lease is over, also where a clock was moved."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

# Clocks of several machines may differ by a little; by a whole lease none of this works anyway.
LONGEST: Final = 2


def is_over(field: str, *, lasts: timedelta, now: datetime) -> Q:
    """Return what tells rows whose lease is over: it was given back, or has run out.

    One that ends later than any lease taken now could was taken while a clock was ahead. It would
    last until that moment, an hour for an hour, so it counts as over.

    Args:
        field: the column with the moment until which a lease lasts.
        lasts: how long a lease lasts from when it is taken or renewed.
    """
    return has_ended(field, now=now) | ends_too_late(field, lasts=lasts, now=now)


def has_ended(field: str, *, now: datetime) -> Q:
    """Return what tells rows whose lease was given back or has run out."""
    return Q((f"{field}__isnull", True)) | Q((f"{field}__lt", now))


def ends_too_late(field: str, *, lasts: timedelta, now: datetime) -> Q:
    """Return what tells rows whose lease was taken while a clock was ahead."""
    return Q((f"{field}__gt", now + LONGEST * lasts))


def is_held(until: datetime | None, *, lasts: timedelta, now: datetime) -> bool:
    """Return whether the lease of a row that was read lasts; the opposite of `is_over`."""
    return until is not None and now <= until <= now + LONGEST * lasts


def freed_lately(*, queued: Q, within: timedelta, now: datetime) -> Q:
    """Return what tells rows that were let go, or asked for, in the time just before ``now``.

    Args:
        queued: what tells rows that nobody has taken yet; they have ``requested_at``, all of them
            ``alive_until``.
    """
    just_now = (now - within, now)
    return Q(alive_until__range=just_now) | queued & Q(requested_at__range=just_now)
