"""What a seller changes of a listing: its title, and whether it is there.

A deleted listing is out of sight at once and can be brought back for `UNDO_WITHIN`. Then a task
deletes it with its photos; their files go as those of any deleted photo do.
"""

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from classifier.models import Listing

UNDO_WITHIN: Final = timedelta(seconds=30)


def own_listings(seller: User) -> QuerySet[Listing]:
    """Return the listings that somebody may change: their own, and none that is deleted."""
    return Listing.objects.filter(seller_id=seller.pk, deleted_at__isnull=True)


def restorable_listings(seller: User) -> QuerySet[Listing]:
    """Return what somebody deleted and can still bring back."""
    recent = timezone.now() - UNDO_WITHIN
    return Listing.objects.filter(seller_id=seller.pk, deleted_at__gt=recent)


def rename(listing: Listing, *, title: str) -> None:
    """Give a listing another title; an empty one takes it away."""
    listing.title = title.strip()
    listing.save(update_fields=["title"])


def delete(listing: Listing) -> None:
    """Take a listing out of sight, to be deleted for good after `UNDO_WITHIN`."""
    listing.deleted_at = timezone.now()
    listing.save(update_fields=["deleted_at"])


def restore(listing: Listing) -> bool:
    """Bring a deleted listing back; return whether it was still there to be brought back."""
    recent = timezone.now() - UNDO_WITHIN
    chosen = Listing.objects.filter(pk=listing.pk, deleted_at__gt=recent)
    return bool(chosen.update(deleted_at=None))


def remove_deleted() -> int:
    """Delete for good what can no longer be brought back; return how many listings that were."""
    due = Listing.objects.filter(deleted_at__lte=timezone.now() - UNDO_WITHIN)
    _, counts = due.delete()
    return counts.get("classifier.Listing", 0)
