"""`manage.py model_history`: which model was in production when."""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from classifier.models import Promotion
from classifier.versions import history
from classifier.versions.history import Period


class Command(BaseCommand):
    help = (
        "Print every change of the model in production, the latest first, or say which one was "
        'there at a moment. Example: manage.py model_history --at "2026-11-24 14:30"'
    )
    # What was live when is wanted most when the champion is damaged.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", metavar="TIME", help="date and time as in ISO 8601, in UTC unless it says where"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *, at: str | None, json: bool, **_: Any) -> None:
        periods = [_at(_moment(at))] if at else history.every_period()
        if not periods:
            self.stdout.write("No model has been in production yet.")
        elif json:
            for period in periods:
                self.stdout.write(_as_json(period))
        elif at:
            self.stdout.write(_in_words(periods[0]))
        else:
            self._print_table(periods)

    def _print_table(self, periods: list[Period]) -> None:
        rows = [("from (UTC)", "model", "instead of", "how"), *(_row(p) for p in periods)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
        if moment is None and (day := parse_date(text)) is not None:
            moment = datetime.combine(day, datetime.min.time())
    except ValueError as error:
        raise CommandError(f"There is no such time as {text} ({error}).") from error
    if moment is None:
        raise CommandError(
            f"{text!r} is not a time. Write it like 2026-11-24 14:30 or 2026-11-24T14:30:00+01:00."
        )
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)


def _at(moment: datetime) -> Period:
    period = history.period_at(moment)
    if period is None:
        raise CommandError(f"No model was in production yet at {_shown(moment)} UTC.")
    return period


def _row(period: Period) -> tuple[str, str, str, str]:
    change = period.promotion
    return _shown(change.at), change.version.name, _replaced(change) or "–", _in_which_way(change)


def _in_words(period: Period) -> str:
    change = period.promotion
    until = f"until {_shown(period.until)} UTC" if period.until else "to this day"
    return f"{change.version}, from {_shown(change.at)} UTC {until}; {_in_which_way(change)}."


def _as_json(period: Period) -> str:
    change = period.promotion
    document = {
        "version": change.version.name,
        "from": change.at.isoformat(),
        "until": period.until.isoformat() if period.until else None,
        "replaced": _replaced(change),
        "trigger": change.trigger,
        "by": change.by.get_username() if change.by else None,
    }
    return json.dumps(document, ensure_ascii=False)


def _replaced(change: Promotion) -> str | None:
    return change.replaced.name if change.replaced else None


def _in_which_way(change: Promotion) -> str:
    by = f" ({change.by.get_username()})" if change.by else ""
    return f"{change.get_trigger_display()}{by}"


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
