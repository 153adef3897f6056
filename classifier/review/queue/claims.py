"""One photo on one screen: claims with a lease that a heartbeat renews.

A claim is a token made anew for every showing. It ends when the verdict comes, when the page is
closed, or when its lease runs out because the page fell silent.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from classifier.models import Exclusion, QueueItem, Review
from classifier.models.queries.leases import is_held, is_over
from classifier.review.errors import HeldElsewhereError, PhotoGoneError, SettledElsewhereError
from classifier.review.queue.informative import WaitingPhoto, most_informative

# Among how many of the most informative photos a varied choice is made, and what "lately" means.
CANDIDATES: Final = 36
LATELY: Final = 8


def waiting_for(moderator: User) -> QuerySet[QueueItem]:
    """Return what waits and this moderator does not pass over, held or not; in no order."""
    # NOT IN, which PostgreSQL looks up in a hash: as an anti join it compared every skipped photo
    # with every one at the head of the queue.
    excluded = Exclusion.objects.filter(moderator=moderator).values("item")
    return QueueItem.objects.filter(~Q(pk__in=excluded), is_open=True)


def free_for(moderator: User) -> QuerySet[QueueItem]:
    """Return what waits for this moderator and nobody holds; in no order."""
    free = is_over("held_until", lasts=settings.REVIEW_CLAIM_LEASE, now=timezone.now())
    return waiting_for(moderator).filter(free)


def claim_next(*, moderator: User) -> QueueItem | None:
    """Claim the next photo for a moderator and return it; None when nothing is left for them.

    Unknown photos and the random sample come first, then main-class fallbacks, each by age; with
    ``REVIEW_ORDER = "informative"`` what the model would learn most from.
    """
    with transaction.atomic():
        if settings.REVIEW_ORDER == "informative":
            item = _lock_informative(moderator)
        else:
            item = _locked(free_for(moderator)).order_by("rank", "queued_at", "id").first()
        if item is not None:
            give_to(item, moderator)
        return item


def _locked(items: QuerySet[QueueItem]) -> QuerySet[QueueItem]:
    skip_locked = connection.features.has_select_for_update_skip_locked
    locked = items.select_for_update(skip_locked=skip_locked, of=("self",))
    return with_card_rows(locked)


def with_card_rows(items: QuerySet[QueueItem]) -> QuerySet[QueueItem]:
    """Join the rows that a card shows."""
    return items.select_related(
        "photo__listing",
        "photo__model_version",
        "photo__suggestion",
        "photo__disagreement__review",
    )


def _lock_informative(moderator: User) -> QueueItem | None:
    rows = free_for(moderator).order_by("-informative", "id")[:CANDIDATES]
    candidates = [WaitingPhoto(row.pk, row.predicted_sub, row.informative) for row in rows]
    lately = _predicted_lately(moderator)
    while candidates:
        choice = most_informative(candidates, lately)
        item = _locked(free_for(moderator).filter(pk=choice.item)).first()
        if item is not None:
            return item
        # Someone else took it in between: the next best.
        candidates.remove(choice)
    return None


def _predicted_lately(moderator: User) -> list[str | None]:
    reviewed = Review.objects.filter(moderator=moderator, photo__isnull=False).order_by("-at")
    on_screen = QueueItem.objects.filter(holder=moderator, claim__isnull=False)
    return [
        *on_screen.values_list("predicted_sub", flat=True)[:LATELY],
        *reviewed.values_list("photo__queue_item__predicted_sub", flat=True)[:LATELY],
    ]


def give_to(item: QueueItem, moderator: User) -> None:
    """Put a locked item on a moderator's screen under a new token."""
    item.claim, item.holder = uuid4(), moderator
    item.held_until = timezone.now() + settings.REVIEW_CLAIM_LEASE
    item.save(update_fields=["claim", "holder", "held_until"])


def keep(*, moderator: User, claims: Iterable[UUID]) -> set[UUID]:
    """Renew the leases of the photos on a screen; return those that are still this moderator's.

    A lease that ran out is renewed too as long as nobody else has taken the photo.
    """
    held = QueueItem.objects.filter(claim__in=list(claims), holder=moderator)
    held.update(held_until=timezone.now() + settings.REVIEW_CLAIM_LEASE)
    return {claim for claim in held.values_list("claim", flat=True) if claim is not None}


def release(*, moderator: User, claims: Iterable[UUID]) -> None:
    """Give photos back that a moderator no longer looks at."""
    QueueItem.objects.filter(claim__in=list(claims), holder=moderator).update(
        claim=None, holder=None, held_until=None
    )


def skip(*, moderator: User, claim: UUID) -> None:
    """Give a photo back and do not show it to this moderator again; others still get it."""
    with transaction.atomic():
        item = QueueItem.objects.select_for_update().filter(claim=claim, holder=moderator).first()
        if item is None:
            # Lost meanwhile: then there is nothing to pass over.
            return
        Exclusion.objects.get_or_create(
            item=item, moderator=moderator, defaults={"why": Exclusion.Why.SKIPPED}
        )
        release(moderator=moderator, claims=[claim])


def skipped_by(moderator: User) -> QuerySet[Exclusion]:
    """Return which photos this moderator skipped that still wait."""
    return Exclusion.objects.filter(
        moderator=moderator, why=Exclusion.Why.SKIPPED, item__is_open=True
    )


def show_skipped_again(*, moderator: User) -> int:
    """Bring back what this moderator skipped; return how many photos that is."""
    count, _ = skipped_by(moderator).delete()
    return count


def take_back(*, moderator: User, item: int) -> QueueItem:
    """Claim one photo that this moderator skipped, to look at it once more.

    Raises:
        PhotoGoneError, SettledElsewhereError, HeldElsewhereError: if it can no longer be had.
    """
    with transaction.atomic():
        locked = QueueItem.objects.select_for_update(of=("self",))
        row = with_card_rows(locked).filter(pk=item).first()
        if row is None:
            raise PhotoGoneError
        if not row.is_open:
            raise SettledElsewhereError
        held = is_held(row.held_until, lasts=settings.REVIEW_CLAIM_LEASE, now=timezone.now())
        if held and row.holder_id != moderator.pk:
            raise HeldElsewhereError
        excluded = Exclusion.objects.filter(item=row, moderator=moderator)
        if excluded.filter(why=Exclusion.Why.REVIEWED).exists():
            raise SettledElsewhereError
        excluded.delete()
        give_to(row, moderator)
        return row
