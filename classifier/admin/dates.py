"""The one form of a moment in the admin: 27 Nov 2026, 18:05."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def in_admin(moment: datetime) -> str:
    """Return a moment in local time, as Django's `DATETIME_FORMAT` writes it."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
