"""Confirm what the model said for many photos at once, with a look before and a way back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4, uuid5

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review import verdicts
from classifier.review.errors import NothingToUndoError, SettledElsewhereError
from classifier.taxonomy import label_path

AT_ONCE: Final = 1000
UNDO_WITHIN: Final = timedelta(hours=24)


@dataclass(slots=True)
class Plan:
    """What a confirmation would do: the photos, how many by label, and why others are left out."""

    photos: list[ListingPhoto] = field(default_factory=list)
    labels: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def plan(photos: Iterable[int], *, moderator: User) -> Plan:
    """Sort a selection into what can be confirmed and what cannot; changes nothing."""
    found = ListingPhoto.objects.filter(pk__in=list(photos)[:AT_ONCE]).order_by("id")
    rows = list(found.select_related("queue_item"))
    settled = set(
        Review.objects.standing().filter(photo__in=rows).values_list("photo_id", flat=True)
    )
    result = Plan()
    for photo in rows:
        obstacle = "already settled" if photo.pk in settled else _obstacle(photo, moderator)
        if obstacle:
            result.left_out[obstacle] += 1
        else:
            result.photos.append(photo)
            result.labels[label_path(photo.main, photo.sub)] += 1
    return result


def _obstacle(photo: ListingPhoto, moderator: User) -> str:
    item: QueueItem | None = getattr(photo, "queue_item", None)
    if photo.main is None:
        return "no tag to confirm"
    if item is None:
        return ""
    if item.blind and item.open:
        # Confirmed here it would no longer be blind, and the accuracy no longer unbiased.
        return "drawn for the blind sample"
    held = item.held_until is not None and item.held_until > timezone.now()
    return "on another moderator's screen" if held and item.holder_id != moderator.pk else ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """``batch`` names the confirmation for its undoing."""

    batch: UUID
    count: int
    left_out: Counter[str]


def confirm(*, moderator: User, photos: Iterable[int]) -> Confirmed:
    """Store a review for every photo of a selection that can be confirmed, in one transaction.

    Raises:
        SettledElsewhereError: if somebody settled one of them in the same moment; nothing is
            stored then.
    """
    batch, numbers = uuid4(), list(photos)
    with transaction.atomic():
        list(QueueItem.objects.select_for_update().filter(photo__in=numbers).order_by("id"))
        chosen = plan(numbers, moderator=moderator)
        try:
            with transaction.atomic():
                Review.objects.bulk_create(
                    _review(photo, moderator, batch) for photo in chosen.photos
                )
        except IntegrityError as error:
            raise SettledElsewhereError from error
        QueueItem.objects.filter(photo__in=chosen.photos).update(
            open=False, claim=None, holder=None, held_until=None
        )
    return Confirmed(batch, len(chosen.photos), chosen.left_out)


def _review(photo: ListingPhoto, moderator: User, batch: UUID) -> Review:
    kind = Review.Verdict.SUBCLASS if photo.sub else Review.Verdict.MAIN_CLASS
    verdict = verdicts.Verdict(kind, photo.main, photo.sub)
    key = uuid5(batch, str(photo.pk))
    review = verdicts.review_of(photo, moderator=moderator, verdict=verdict, key=key)
    review.source, review.stands = Review.Source.BULK, True
    return review


def undo(*, moderator: User, batch: UUID) -> int:
    """Void a confirmation of the last day, all of it; return how many reviews that were.

    Raises:
        NothingToUndoError: if this moderator has no such confirmation.
        ReviewedAgainError: if one of the photos was looked at again since.
    """
    recent = Review.objects.verdicts().filter(
        moderator=moderator, source=Review.Source.BULK, at__gte=timezone.now() - UNDO_WITHIN
    )
    with transaction.atomic():
        mine = [review for review in recent if review.key == uuid5(batch, str(review.photo_id))]
        if not mine:
            raise NothingToUndoError
        for review in mine:
            verdicts.undo(moderator=moderator, review=review.pk)
    return len(mine)
