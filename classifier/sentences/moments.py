"""Days and moments in sentences that are kept in English: 28 Nov 2026, 08:49."""

from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format

_DAY: Final = "%b %Y"
_MOMENT: Final = f"{_DAY}, %H:%M"


def kept_moment(moment: datetime) -> str:
    """Return a moment, in local time, as a sentence keeps it; English whatever the language."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:{_MOMENT}}"


def kept_day(day: date) -> str:
    """Return a day as a sentence keeps it."""
    return f"{day.day} {day:{_DAY}}"


def moment_in_language(text: str) -> str:
    """Return what one of both gave in the reader's language; another text as it is."""
    for form, name in ((_MOMENT, "DATETIME_FORMAT"), (_DAY, "DATE_FORMAT")):
        try:
            return date_format(datetime.strptime(text, f"%d {form}"), name)  # noqa: DTZ007  # local, and none is needed
        except ValueError:
            continue
    return text
