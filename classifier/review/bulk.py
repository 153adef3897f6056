"""Settles many photos at once: with their tags or with one verdict, and an undo after.

What these verdicts say of the model counts in no figure that must be unbiased: the guess was in
view. So photos that wait in the blind sample are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.models.queries.leases import is_held
from classifier.review import verdicts
from classifier.review.errors import NothingToUndoError, ReviewedAgainError, SettledElsewhereError
from classifier.review.queue import enqueue
from classifier.taxonomy import label_path

AT_ONCE: Final = 1000
UNDO_WITHIN: Final = timedelta(hours=24)


@dataclass(slots=True)
class Plan:
    """What a confirmation would do: the photos by label, and why how many others are left out."""

    by_label: defaultdict[str, list[ListingPhoto]] = field(
        default_factory=lambda: defaultdict(list)
    )
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def photos(self) -> list[ListingPhoto]:
        return [photo for photos in self.by_label.values() for photo in photos]


def plan(
    photos: Iterable[int],
    *,
    moderator: User,
    seen_at: datetime | None = None,
    verdict: verdicts.Verdict | None = None,
) -> Plan:
    """Sort a selection into what can be settled and what cannot; changes nothing.

    Args:
        photos: their numbers, of which the first `AT_ONCE` count.
        moderator: whose screen does not stand in the way.
        seen_at: when the moderator saw the tags; what was tagged later is left out.
        verdict: the one for all of them; None for the tag that each has.
    """
    chosen = ListingPhoto.objects.filter(pk__in=list(photos)[:AT_ONCE]).order_by("id")
    rows = list(chosen.select_related("queue_item", "listing"))
    settled = set(Review.objects.final().filter(photo__in=rows).values_list("photo_id", flat=True))
    result = Plan()
    for photo in rows:
        is_settled = photo.pk in settled
        obstacle = _("already settled") if is_settled else _obstacle(photo, moderator, verdict)
        if not obstacle and seen_at and photo.classified_at and photo.classified_at > seen_at:
            obstacle = _("tagged anew since you opened this page")
        if obstacle:
            result.left_out[obstacle] += 1
        else:
            result.by_label[label_path(photo.main, photo.sub)].append(photo)
    return result


def _obstacle(photo: ListingPhoto, moderator: User, verdict: verdicts.Verdict | None) -> str:
    item: QueueItem | None = getattr(photo, "queue_item", None)
    if photo.outcome is None or (verdict is None and photo.main is None):
        return _("no tag to confirm")
    if item is None:
        return ""
    if item.blind and item.is_open:
        # Settled here it would no longer be blind, and the accuracy no longer unbiased.
        return _("in the blind sample")
    held = is_held(item.held_until, lasts=settings.REVIEW_CLAIM_LEASE, now=timezone.now())
    return _("on another moderator's screen") if held and item.holder_id != moderator.pk else ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What settling many photos did; ``batch`` is the key for undoing it."""

    batch: UUID
    count: int
    left_out: Counter[str]


def confirm(
    *,
    moderator: User,
    photos: Iterable[int],
    seen_at: datetime | None = None,
    verdict: verdicts.Verdict | None = None,
) -> Confirmed:
    """Store a review for every photo of a selection that can be settled, in one transaction.

    Args:
        photos, seen_at, verdict: as of `plan`.

    Raises:
        SettledElsewhereError: if somebody settled one of them in the same moment; nothing is
            stored then.
    """
    batch, numbers = uuid4(), list(photos)
    with transaction.atomic():
        list(QueueItem.objects.select_for_update().filter(photo__in=numbers).order_by("id"))
        # Those without a place in the queue too: no model may tag them anew in between.
        photos_locked = ListingPhoto.objects.select_for_update(no_key=True)
        list(photos_locked.filter(pk__in=numbers).order_by("id").values_list("pk"))
        chosen = plan(numbers, moderator=moderator, seen_at=seen_at, verdict=verdict)
        settled = chosen.photos
        try:
            with transaction.atomic():
                Review.objects.bulk_create(
                    _review(photo, moderator, verdict or _of_tag(photo), batch) for photo in settled
                )
        except IntegrityError as error:
            raise SettledElsewhereError from error
        QueueItem.objects.filter(photo__in=settled).update(
            is_open=False, claim=None, holder=None, held_until=None
        )
    return Confirmed(batch, len(settled), chosen.left_out)


def _of_tag(photo: ListingPhoto) -> verdicts.Verdict:
    kind = Review.Verdict.SUBCLASS if photo.sub else Review.Verdict.MAIN_CLASS
    return verdicts.Verdict(kind, photo.main, photo.sub)


def _review(photo: ListingPhoto, moderator: User, verdict: verdicts.Verdict, batch: UUID) -> Review:
    key = uuid5(batch, str(photo.pk))
    review = verdicts.review_of(photo, moderator=moderator, verdict=verdict, key=key)
    review.source, review.is_final = Review.Source.BULK, True
    return review


def undo(*, moderator: User, batch: UUID) -> int:
    """Void a confirmation of the last day, all of it; return how many reviews that were.

    Raises:
        NothingToUndoError: if this moderator has no such confirmation.
        ReviewedAgainError: if one of the photos was reviewed again since.
        DisagreedError: if a seller waits for another moderator's verdict.
    """
    with transaction.atomic():
        photos = _photos_of(batch, moderator)
        standing = Review.objects.verdicts().filter(photo__in=photos, source=Review.Source.BULK)
        # Locked, so that of two undoings at once the second finds none left.
        mine = list(standing.select_for_update().order_by("pk"))
        if not mine:
            raise NothingToUndoError
        if Review.objects.verdicts().filter(photo__in=photos, round__gt=1).exists():
            raise ReviewedAgainError
        verdicts.must_not_be_disagreed(mine)
        numbers = [review.pk for review in mine]
        Review.objects.filter(pk__in=numbers).update(voided=True, is_final=False)
        Review.objects.bulk_create(verdicts.undoing(review, moderator=moderator) for review in mine)
        enqueue.let_wait_again(photos)
    return len(mine)


def _photos_of(batch: UUID, moderator: User) -> list[int]:
    recent = Review.objects.verdicts().filter(
        moderator=moderator, source=Review.Source.BULK, at__gte=timezone.now() - UNDO_WITHIN
    )
    rows = recent.filter(photo__isnull=False).order_by("pk").values_list("photo_id", "key")
    return [photo for photo, key in rows if photo and key == uuid5(batch, str(photo))]
