"""What happened to a photo, in order, and what a moderator decided last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from classifier.models import ListingPhoto, Review
from classifier.sentences import failure
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
    sent = Event(photo.created_at, seller, _("sent the photo"))
    events = []
    if photo.classified_at and photo.model_version:
        what = _("tagged it %(label)s") % {"label": in_words(photo.label)}
        events.append(Event(photo.classified_at, str(photo.model_version), what))
    if photo.status == ListingPhoto.Status.FAILED:
        what = _("could not read it: %(why)s") % {"why": failure(photo.error)}
        events.append(Event(photo.created_at, _("the worker"), what))
    if hasattr(photo, "suggestion"):
        word = photo.suggestion
        what = _("said: %(label)s") % {"label": in_words(word.label)}
        events.append(Event(word.at, word.seller.get_username(), what))
    if hasattr(photo, "disagreement"):
        against = photo.disagreement
        what = _("disagreed with %(label)s") % {"label": in_words(against.review.label)}
        instead = _in_quotes(in_words(against.label), against.note)
        events.append(Event(against.at, against.seller.get_username(), what + instead))
    if photo.deleted_at:
        events.append(Event(photo.deleted_at, seller, _("removed it")))
    rows = Review.objects.filter(photo=photo).select_related("moderator", "voids").order_by("id")
    events += [Event(row.at, row.moderator.get_username(), _what(row)) for row in rows]
    # Stable: what is of one moment stays in the order it was written.
    return [sent, *sorted(events, key=lambda event: event.at)]


def _what(review: Review) -> str:
    if review.voids is not None:
        return _("took back %(label)s") % {"label": in_words(review.voids.label)}
    words = (
        _("settled it as %(label)s (%(occasion)s)")
        if review.is_final
        else _("said %(label)s (%(occasion)s)")
    )
    verdict = words % {"label": in_words(review.label), "occasion": occasion(review)}
    why = _in_quotes(review.get_because_display(), review.note)
    return f"{verdict}{why}{_(', taken back later') if review.voided else ''}"


def _in_quotes(*texts: str) -> str:
    quotes = " ".join(f"“{text}”" for text in texts if text)
    return f": {quotes}" if quotes else ""


def occasion(review: Review) -> str:
    """Return why the photo was reviewed."""
    if review.source == Review.Source.BULK:
        return _("from a list or the grid")
    if review.source == Review.Source.DIRECT:
        return _("chosen by the moderator")
    if review.source == Review.Source.DISAGREED:
        return _("the seller disagreed")
    later = {2: _("second review"), 3: _("third review")}
    return later.get(review.round, _("blind sample") if review.sampled else _("queue"))
