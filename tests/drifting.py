"""A stream of photos over days, made without a model."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from classifier.decision import Scores, decide
from classifier.models import Listing, ListingPhoto, ModelVersion
from tests.pictures import encoded
from tests.rows import a_listing
from tests.tagged_photos import scores_for, unsaved_photo


def day_before(days: int) -> date:
    """Return the day so many days before today."""
    return timezone.localdate() - timedelta(days=days)


def stream(
    version: ModelVersion,
    day: date,
    photos: Iterable[tuple[Scores, Mapping[str, Any]]],
    *,
    listing: Listing | None = None,
) -> list[ListingPhoto]:
    """Make photos that a version tagged on a day, each with its scores and other columns."""
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    listing = listing or a_listing()
    rows = [_row(version, listing, noon, scores, more) for scores, more in photos]
    made = ListingPhoto.objects.bulk_create(rows)
    ListingPhoto.objects.filter(pk__in=[photo.pk for photo in made]).update(created_at=noon)
    return made


def _row(
    version: ModelVersion, listing: Listing, at: datetime, scores: Scores, more: Mapping[str, Any]
) -> ListingPhoto:
    row = unsaved_photo("Boots", listing=listing, at=at)
    made = decide(scores, version.thresholds)
    row.main, row.sub, row.outcome, row.reason = made.main, made.sub, made.outcome, made.reason
    row.main_confidence, row.sub_confidence = made.main_confidence, made.sub_confidence
    row.scores, row.model_version = scores.as_dict(), version
    for name, value in more.items():
        setattr(row, name, value)
    return row


def usual(count: int) -> list[tuple[Scores, Mapping[str, Any]]]:
    """Return photos of boots and tote bags in turn, lit and sized as ever."""
    return [
        (
            scores_for("Boots" if number % 2 else "Tote Bags"),
            {"brightness": 0.55 + 0.02 * (number % 10), "width": 1200, "height": 1600},
        )
        for number in range(count)
    ]


def dark(count: int) -> list[tuple[Scores, Mapping[str, Any]]]:
    """Return the same photos taken at night, the darkest last."""
    return [
        (scores, {**more, "brightness": 0.29 - 0.0005 * number})
        for number, (scores, more) in enumerate(usual(count))
    ]


def give_dark_files(photos: Iterable[ListingPhoto]) -> None:
    """Store a dark picture for each photo."""
    for photo in photos:
        data = encoded(Image.new("RGB", (240, 320), (34, 30, 42)), "JPEG")
        photo.image.save(f"dark-{photo.pk}.jpg", ContentFile(data))
