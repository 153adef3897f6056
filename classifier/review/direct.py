"""Verdicts on a photo that a moderator chose, and that may replace what stood before.

A photo taken from the queue is the queue's choice; here it is a person's, from a list or the
photo's own page. So no figure about the model counts these verdicts, and a blind review that the
photo waits for goes on as if there were none.
"""

from typing import Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review.errors import MayNotOverruleError, PhotoGoneError, ReviewedMeanwhileError
from classifier.review.verdicts import (
    Verdict,
    bounded_seconds,
    must_not_be_disagreed,
    next_round,
    review_of,
    store,
)

OVERRULE: Final = "classifier.overrule_review"


def settled_review(photo: int, *, moderator: User) -> Review | None:
    """Return the review that a moderator's verdict on this photo would replace, if there is one.

    Raises:
        MayNotOverruleError: if it is another moderator's, and they have no right to overrule it.
        DisagreedError: if it is their own, and the seller waits for another moderator's.
    """
    settled = Review.objects.final().select_related("moderator").filter(photo=photo).first()
    if settled is not None and settled.moderator_id == moderator.pk:
        must_not_be_disagreed([settled])
        return settled
    if settled is None or moderator.has_perm(OVERRULE):
        return settled
    raise MayNotOverruleError(settled.moderator.get_username())


def settle(
    *,
    moderator: User,
    photo: int,
    key: UUID,
    seen: int | None,
    verdict: Verdict,
    seconds: float | None,
) -> Review:
    """Settle a photo, in one transaction; what settled it before stays on record as overruled.

    The same key sent twice gives the same review.

    Args:
        key: of one showing of the photo.
        seen: primary key of the review that settled the photo when it was shown.

    Raises:
        PhotoGoneError: if the photo was deleted meanwhile.
        ReviewedMeanwhileError: if another review settles it than the one seen.
        MayNotOverruleError: if that is another moderator's, and there is no right to overrule it.
        DisagreedError: if it is theirs, and the seller waits for another moderator's.
    """
    with transaction.atomic():
        # The queue item first, as verdicts of the queue lock it.
        list(QueueItem.objects.select_for_update().filter(photo=photo))
        row = ListingPhoto.objects.select_for_update(no_key=True).filter(pk=photo).first()
        if (known := Review.objects.filter(key=key, moderator=moderator).first()) is not None:
            return known
        if row is None:
            raise PhotoGoneError
        settled = settled_review(photo, moderator=moderator)
        if settled is not None and settled.pk != seen:
            raise ReviewedMeanwhileError(settled.label)
        review = review_of(row, moderator=moderator, verdict=verdict, key=key)
        review.seconds = bounded_seconds(seconds)
        store_direct(review)
    return review


def store_direct(review: Review) -> None:
    """Store a verdict on a photo that a person chose; it replaces what stood before."""
    photo = review.photo
    if photo is None:
        raise PhotoGoneError
    review.source, review.round = Review.Source.DIRECT, next_round(photo)
    store(review)
    _leave_queue(photo)


def _leave_queue(photo: ListingPhoto) -> None:
    """Take a settled photo off the queue; the blind reviews that figures come from stay."""
    QueueItem.objects.filter(photo=photo, blind=False).update(
        is_open=False, claim=None, holder=None, held_until=None
    )
