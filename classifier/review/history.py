"""What happened to a photo, in order, and what a moderator decided last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from classifier.models import ListingPhoto, Review
from classifier.wording import in_words

LATEST: Final = 20


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a photo: when, who did it, and what."""

    at: datetime
    who: str
    what: str


def latest_verdicts(*, moderator: User) -> list[dict[str, Any]]:
    """Return photo and label of a moderator's last verdicts that were not undone, newest first."""
    mine = Review.objects.verdicts().filter(moderator=moderator, photo__isnull=False)
    rows = mine.order_by("-at", "-pk")[:LATEST]
    return [{"photo": review.photo_id, "label": in_words(review.label)} for review in rows]


def events(photo: ListingPhoto) -> list[Event]:
    """Return all that is on record of a photo, the oldest first.

    Of the model's tags the record keeps the last; earlier ones stand in the reviews made of them.
    """
    seller = photo.listing.seller.get_username()
    sent = Event(photo.created_at, seller, "sent the photo")
    found = []
    if photo.classified_at and photo.model_version:
        what = f"tagged it {photo.label}"
        found.append(Event(photo.classified_at, str(photo.model_version), what))
    if photo.status == ListingPhoto.Status.FAILED:
        found.append(Event(photo.created_at, "the worker", f"could not read it: {photo.error}"))
    if hasattr(photo, "suggestion"):
        word = photo.suggestion
        found.append(Event(word.at, word.seller.get_username(), f"said: {word.label}"))
    if hasattr(photo, "disagreement"):
        against = photo.disagreement
        what = f"disagreed with {against.review.label}{_in_quotes(against.label, against.note)}"
        found.append(Event(against.at, against.seller.get_username(), what))
    if photo.deleted_at:
        found.append(Event(photo.deleted_at, seller, "removed it"))
    rows = Review.objects.filter(photo=photo).select_related("moderator", "voids").order_by("id")
    found += [Event(row.at, row.moderator.get_username(), _what(row)) for row in rows]
    # Stable: what is of one moment stays in the order it was written.
    return [sent, *sorted(found, key=lambda event: event.at)]


def _what(review: Review) -> str:
    if review.voids is not None:
        return f"took back {review.voids.label}"
    words = "settled it as" if review.is_final else "said"
    later = ", taken back later" if review.voided else ""
    why = _in_quotes(review.get_because_display(), review.note)
    return f"{words} {review.label} ({occasion(review)}){why}{later}"


def _in_quotes(*texts: str) -> str:
    said = " ".join(f"“{text}”" for text in texts if text)
    return f": {said}" if said else ""


def occasion(review: Review) -> str:
    """Return why the photo was reviewed."""
    if review.source == Review.Source.BULK:
        return "from a list or the grid"
    if review.source == Review.Source.DIRECT:
        return "chosen by the moderator"
    if review.source == Review.Source.DISAGREED:
        return "the seller disagreed"
    later = {2: "second review", 3: "third review"}
    return later.get(review.round, "blind sample" if review.sampled else "queue")
