"""The photos of a day as rows: which they are, and which of them show what moved."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import F, FloatField
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Greatest
from django.utils import timezone

from classifier.decision import Outcome
from classifier.drift.figures import CLASS_OF, FIGURES, MeasuredPhoto
from classifier.drift.rule import Shift
from classifier.models import ListingPhoto
from classifier.models.operations import CANARY_SELLER
from classifier.models.photos import PhotoQuerySet

# More than are shown, since sellers may remove some of them.
EXAMPLES: Final = 24
COLUMNS: Final = (
    "model_version", "outcome", "main", "sub", "main_confidence", "novelty", "brightness",
    "long_side",
)  # fmt: skip
_VALUES: Final = {
    "confidence": "main_confidence", "novelty": "novelty", "brightness": "brightness",
    "size": "long_side",
}  # fmt: skip


def of_day(day: date) -> PhotoQuerySet:
    """Return the photos that came in and were tagged on a day, test photos of our own left out.

    Those that had been tagged before and were tagged again are older than the night before.
    """
    begins = midnight(day)
    return (
        ListingPhoto.objects.filter(
            status=ListingPhoto.Status.CLASSIFIED,
            classified_at__gte=begins,
            classified_at__lt=midnight(day + timedelta(days=1)),
            created_at__gte=begins - timedelta(days=1),
        )
        .exclude(listing__seller__username=CANARY_SELLER)
        .annotate(
            novelty=Cast(KT("scores__novelty"), FloatField()),
            long_side=Greatest("width", "height"),
        )
    )


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def measured(day: date) -> Iterator[tuple[int, MeasuredPhoto]]:
    """Yield the number of the version and the photo, for each photo of a day."""
    for version, *facts in of_day(day).order_by().values_list(*COLUMNS).iterator():
        yield version, MeasuredPhoto(*facts)


def examples(day: date, version: int, shift: Shift) -> list[int]:
    """Return the numbers of photos in what grew, the clearest first."""
    photos = of_day(day).filter(model_version=version)
    figure = FIGURES[shift.figure]
    order: OrderBy = F("main_confidence").asc()
    if figure.bins:
        photos = photos.filter(**_in_class(shift.figure, figure.bins[shift.grown]))
    else:
        column, edge = _VALUES[shift.figure], figure.edges[shift.grown]
        photos = photos.filter(**{f"{column}__lt" if shift.below else f"{column}__gte": edge})
        order = F(column).asc() if shift.below else F(column).desc()
    return list(photos.order_by(order, "pk").values_list("pk", flat=True)[:EXAMPLES])


def _in_class(figure: str, name: str) -> dict[str, str | bool]:
    """Return the condition of photos that are in one bin of a figure with named bins."""
    if figure == "outcome" or name == Outcome.UNKNOWN:
        return {"outcome": name}
    main, sub = CLASS_OF[name]
    return {"main": main, "sub": sub} if sub else {"main": main, "sub__isnull": True}
