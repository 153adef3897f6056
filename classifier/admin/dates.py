"""The one form of a moment in the admin: 27 Nov 2026, 18:05."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as formatted


def in_admin(moment: datetime) -> str:
    """Return a moment in local time, as Django's `DATETIME_FORMAT` writes it."""
    return formatted(timezone.localtime(moment), "j M Y, H:i")
