"""One verdict for all photos of a listing at once, and its undoing.

The photo on the screen gets the verdict as ever; this gives it to the others. Those that another
moderator has settled keep their verdict, and a blind review that one of them waits for goes on.
"""

from collections.abc import Iterable
from uuid import UUID, uuid5

from django.contrib.auth.models import User
from django.db import transaction

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review import direct, verdicts
from classifier.review.errors import NothingToUndoError, ReviewedAgainError


def key_of(review: UUID, photo: int) -> UUID:
    """Return the key of the verdict that another photo got together with this review."""
    return uuid5(review, str(photo))


def settle_others(review: Review, *, verdict: verdicts.Verdict) -> int:
    """Give the other photos of a review's listing the same verdict; return how many got it.

    Call it in the review's transaction. Called twice, it does it once.
    """
    if review.photo is None:
        return 0
    listing, moderator = review.photo.listing, review.moderator
    others = listing.photos.present().exclude(pk=review.photo.pk).order_by("pk")
    list(QueueItem.objects.select_for_update().filter(photo__in=others).order_by("pk"))
    rows = list(others.select_for_update(no_key=True))
    return sum(_settle(photo, review, verdict, moderator) for photo in rows)


def _settle(
    photo: ListingPhoto, review: Review, verdict: verdicts.Verdict, moderator: User
) -> bool:
    key = key_of(review.key, photo.pk)
    if Review.objects.filter(key=key).exists():
        return True
    settled = Review.objects.final().filter(photo=photo).first()
    if settled is not None and (
        settled.moderator_id != moderator.pk or verdicts.are_disagreed([settled])
    ):
        return False
    direct.store_direct(verdicts.review_of(photo, moderator=moderator, verdict=verdict, key=key))
    return True


def undo_others(review: Review, *, photos: Iterable[int]) -> int:
    """Take the verdicts back that other photos got together with this review; return how many.

    A photo that somebody has reviewed again keeps the later verdict.
    """
    undone = 0
    for photo in photos:
        row = Review.objects.filter(key=key_of(review.key, photo)).first()
        if row is None:
            continue
        try:
            with transaction.atomic():
                verdicts.undo(moderator=review.moderator, review=row.pk)
        except (NothingToUndoError, ReviewedAgainError):
            continue
        undone += 1
    return undone


def undo(*, moderator: User, review: int) -> QueueItem | None:
    """Take a verdict back, and with it those that the listing's other photos got; see `verdicts`.

    Raises:
        NothingToUndoError, ReviewedAgainError: as `verdicts.undo` does; nothing is undone then.
    """
    with transaction.atomic():
        row = verdicts.undo(moderator=moderator, review=review)
        old = Review.objects.select_related("photo", "moderator").get(pk=review)
        if old.photo is not None:
            others = ListingPhoto.objects.filter(listing=old.photo.listing_id)
            undo_others(old, photos=others.exclude(pk=old.photo.pk).values_list("pk", flat=True))
        return row
