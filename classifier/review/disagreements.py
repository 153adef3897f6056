"""A seller disagrees with what was settled: once a photo, and another moderator looks at it."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from classifier.models import Disagreement, Exclusion, ListingPhoto, QueueItem, Review
from classifier.review.queue import enqueue
from classifier.review.verdicts import one_line
from classifier.taxonomy import TAXONOMY


class DisagreementError(Exception):
    """The disagreement cannot be taken; the message is for the seller."""


def disagree(
    *, seller: User, photo: ListingPhoto, main: str | None, sub: str | None, note: str = ""
) -> Disagreement:
    """Store that a seller disagrees; the photo waits for another moderator than the first.

    Where a second or third review of it is under way already, that one is the answer.

    Args:
        main, sub: what the seller says it is; None where they name no class.
        note: one line for the moderator.

    Raises:
        DisagreementError: if there is nothing to disagree with, or it is the second time.
    """
    if main is None and sub is not None:
        raise DisagreementError(_("Please choose one of the kinds in the list."))
    if main is not None and (main not in TAXONOMY or (sub and sub not in TAXONOMY[main])):
        raise DisagreementError(_("Please choose one of the kinds in the list."))
    with transaction.atomic():
        # In the order in which verdicts lock them.
        list(QueueItem.objects.select_for_update().filter(photo=photo))
        list(ListingPhoto.objects.select_for_update(no_key=True).filter(pk=photo.pk))
        review = Review.objects.final().filter(photo=photo).first()
        if review is None:
            raise DisagreementError(_("No moderator has settled this photo yet."))
        if main is not None and (main, sub) == (review.main, review.sub):
            raise DisagreementError(_("That is what the moderator says, too."))
        try:
            # A savepoint, so that a refused insert leaves the transaction usable.
            with transaction.atomic():
                row = Disagreement.objects.create(
                    photo=photo, review=review, seller=seller, main=main, sub=sub,
                    note=one_line(note),
                )  # fmt: skip
        except IntegrityError as error:
            raise DisagreementError(_("You have disagreed once; that was looked at.")) from error
        _ask_another(photo, review)
        return row


def _ask_another(photo: ListingPhoto, review: Review) -> None:
    now = timezone.now()
    item, _created = QueueItem.objects.get_or_create(
        photo=photo,
        defaults={"queued_at": now, "is_open": False, **enqueue.MUST_NOT_WAIT},
    )
    if not item.is_open:
        QueueItem.objects.filter(pk=item.pk).update(
            is_open=True, round=QueueItem.DISAGREED, blind=False, queued_at=now,
            **enqueue.MUST_NOT_WAIT,
        )  # fmt: skip
    Exclusion.objects.update_or_create(
        item=item, moderator=review.moderator, defaults={"why": Exclusion.Why.REVIEWED}
    )


def give_back() -> int:
    """Let photos go back to whose verdict it is, where nobody else looks at them; return how many.

    That is after `REVIEW_DISAGREEMENT_DAYS`, or at once where nobody else may review: a second
    look by the same person is better than none, and the seller is told whose it was.
    """
    waiting = Exclusion.objects.filter(
        item__is_open=True, item__round=QueueItem.DISAGREED, why=Exclusion.Why.REVIEWED,
        moderator=F("item__photo__disagreement__review__moderator"),
    )  # fmt: skip
    since = timezone.now() - timedelta(days=settings.REVIEW_DISAGREEMENT_DAYS)
    late = Q(item__queued_at__lt=since)
    moderators = set(
        User.objects.with_perm("classifier.add_review").filter(is_staff=True).values_list("pk")[:2]
    )
    if len(moderators) <= 1:
        late |= Q(moderator__in=[number for (number,) in moderators])
    return waiting.filter(late).delete()[0]


def is_answered(photo: ListingPhoto) -> bool:
    """Return whether a moderator has looked again at a photo that its seller disagreed about."""
    return hasattr(photo, "disagreement") and not photo.queue_item.is_open
