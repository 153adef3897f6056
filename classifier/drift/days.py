"""Counts a day's photos, compares them with the days before, keeps the row; says what moved."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from classifier.drift import photos
from classifier.drift.figures import Counts, count_one, nothing
from classifier.drift.reference import DAYS, reference_of
from classifier.drift.rule import sentence, shifts
from classifier.models import DriftDay, ListingPhoto, ModelVersion
from classifier.sentences import kept_day


class DayNotOverError(Exception):
    """A day cannot be counted yet; the message says which can."""


def measure_missing() -> list[DriftDay]:
    """Measure the days up to yesterday that have no row yet, the earliest first.

    So a night on which nobody could do it is made up for, and a second call changes nothing.
    """
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    known = set(DriftDay.objects.filter(day__in=days).values_list("day", flat=True))
    return [row for day in days if day not in known for row in measure(day)]


def measure(day: date) -> list[DriftDay]:
    """Count a day's photos anew, a row for each version that tagged some; none without photos.

    Raises:
        DayNotOverError: if photos of that day may still come.
    """
    if day >= timezone.localdate():
        raise DayNotOverError(f"{day} is not over yet; yesterday is the last day to be counted.")
    by_version: dict[int, Counts] = defaultdict(nothing)
    for number, photo in photos.measured(day):
        count_one(by_version[number], photo)
    versions = ModelVersion.objects.filter(pk__in=by_version)
    rows = [_row(day, version, by_version[version.pk]) for version in versions]
    with transaction.atomic():
        # Whatever was counted of photos that are gone since is not counted any more.
        DriftDay.objects.filter(day=day).exclude(version__in=by_version).delete()
        return [_stored(row) for row in rows]


def _row(day: date, version: ModelVersion, counts: Counts) -> DriftDay:
    number = round(sum(counts["outcome"]))
    row = DriftDay(day=day, version=version, photos=number, counts=counts)
    if is_on() and number >= settings.DRIFT_PHOTOS:
        _compare(row, counts)
    return row


def _stored(row: DriftDay) -> DriftDay:
    columns = ("photos", "counts", "reference", "distances", "sentence", "examples")
    return DriftDay.objects.update_or_create(
        day=row.day, version=row.version, defaults={name: getattr(row, name) for name in columns}
    )[0]


def _compare(row: DriftDay, counts: Counts) -> None:
    reference, expected = reference_of(row.version, row.day)
    day_shifts = shifts(counts, expected, least=settings.DRIFT_PHOTOS)
    if not day_shifts:
        return
    row.reference = reference
    row.distances = {shift.figure: round(shift.psi, 4) for shift in day_shifts}
    row.sentence = sentence(day_shifts, settings.DRIFT_PSI, reference.label)
    if row.sentence:
        row.examples = photos.examples(row.day, row.version_id, day_shifts[0])


def is_on() -> bool:
    """Return whether days are compared at all."""
    return bool(settings.DRIFT_PSI > 0)


def latest() -> DriftDay | None:
    """Return the champion's last day that was compared, of the last `DAYS`; None without one."""
    if not is_on():
        return None
    rows = DriftDay.objects.filter(
        version__state=ModelVersion.State.CHAMPION,
        day__gte=timezone.localdate() - timedelta(days=DAYS),
    ).exclude(reference=DriftDay.Reference.NONE)
    return rows.select_related("version").order_by("-day").first()


def alarm() -> str:
    """Return what moved on the last day and what to do; empty when it was like those before."""
    row = latest()
    if row is None or not row.sentence:
        return ""
    return (
        f"On {kept_day(row.day)} the stream had drifted. {row.sentence} The admin’s first page "
        "shows examples. If sellers send such photos from now on, have some reviewed and retrain."
    )


def example_photos(row: DriftDay, most: int) -> Sequence[ListingPhoto]:
    """Return photos that show what moved, the clearest first, without those removed since."""
    there = ListingPhoto.objects.present().in_bulk(row.examples)
    return [there[number] for number in row.examples if number in there][:most]
