"""`manage.py drift`: whether the photos of a day are like those of the days before."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.drift import days
from classifier.models import DriftDay


class Command(BaseCommand):
    help = (
        "Count the photos of each day that was not counted yet, and say which days are unlike "
        "those before; the scheduler does the same each night. "
        "Example: manage.py drift --day 2026-11-26"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", metavar="DATE", help="count this day anew, such as 2026-11-26")

    def handle(self, *, day: str | None, **_: Any) -> None:
        try:
            rows = days.measure(_date(day)) if day else days.measure_missing()
        except days.DayNotOverError as error:
            raise CommandError(str(error)) from error
        if not rows:
            self.stdout.write("There is no photo to count." if day else "All days are counted.")
        for row in rows:
            self.stdout.write(f"{row}: {row.photos:,} photos. {in_words(row)}")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a day. Write it like 2026-11-26.") from error


def in_words(row: DriftDay) -> str:
    """Return what came of a day in a sentence."""
    if not row.reference:
        return "Not compared: too few photos, or nothing to compare them with."
    return row.sentence or f"Like {row.get_reference_display()}."
