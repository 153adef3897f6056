"""Practice: newcomers get photos among the others that are settled already, and are told at once.

What they say of these is kept apart from reviews, so no figure and no model knows of it.
"""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from classifier.models import GoldenPhoto, ListingPhoto, PracticeVerdict, Review
from classifier.review.errors import PhotoGoneError
from classifier.review.guidance.guidelines import settled
from classifier.review.verdicts import Verdict

# One photo to practise on, then so many of the queue.
BETWEEN: Final = 4


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a newcomer is told: whether it was right, and the review that says what is."""

    is_right: bool
    truth: Review


def next_golden(moderator: User) -> ListingPhoto | None:
    """Return a photo for a newcomer to practise on now; None for whoever needs none.

    A newcomer has given fewer than `REVIEW_NEWCOMER_VERDICTS`. The first photo is one to practise
    on, then one after every `BETWEEN` verdicts. Their own photos are not among them.
    """
    if not GoldenPhoto.objects.exists():
        return None
    until = settings.REVIEW_NEWCOMER_VERDICTS
    mine = Review.objects.verdicts().filter(moderator=moderator)
    given = mine.order_by()[:until].count()
    practised = PracticeVerdict.objects.filter(moderator=moderator)
    if given >= until or practised.count() * BETWEEN > given:
        return None
    final = Review.objects.final().exclude(moderator=moderator)
    photos = ListingPhoto.objects.filter(
        golden__isnull=False,
        deleted_at__isnull=True,
        listing__deleted_at__isnull=True,
        pk__in=final.values("photo"),
    )
    seen = practised.values("photo")
    rows = photos.exclude(pk__in=seen).select_related("listing", "suggestion")
    return rows.order_by("golden").first()


def record(*, moderator: User, photo: int, verdict: Verdict) -> Feedback:
    """Store what a newcomer answer of a golden photo and return what is right.

    Sent twice, the first one stays.

    Raises:
        PhotoGoneError: if the photo was deleted, or is golden no more.
        NotSettledError: if its review was undone.
    """
    row = ListingPhoto.objects.filter(pk=photo, golden__isnull=False).first()
    if row is None:
        raise PhotoGoneError
    truth = settled(row)
    answer = (verdict.kind, verdict.main, verdict.sub)
    is_right = answer == (truth.verdict, truth.main, truth.sub)
    try:
        # A savepoint, so that a refused insert leaves the transaction usable.
        with transaction.atomic():
            PracticeVerdict.objects.create(
                moderator=moderator, photo=row, is_right=is_right,
                verdict=verdict.kind, main=verdict.main, sub=verdict.sub,
            )  # fmt: skip
    except IntegrityError:
        known = PracticeVerdict.objects.get(moderator=moderator, photo=row)
        return Feedback(known.is_right, truth)
    return Feedback(is_right, truth)


def use_as_golden(photo: ListingPhoto, *, by: User) -> GoldenPhoto:
    """Make a settled photo one that newcomers practise on.

    Raises:
        NotSettledError: if nobody has settled it.
    """
    settled(photo)
    row, _made = GoldenPhoto.objects.get_or_create(photo=photo, defaults={"chosen_by": by})
    return row
