"""What a seller changes of a listing: title, order of photos, and whether it or a photo is there.

What is deleted is out of sight at once and can be brought back for `UNDO_WITHIN`. Then a task
deletes it for good; files go as those of any deleted photo do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from classifier.models import Listing, ListingPhoto
from classifier.models.queries.deletion import delete_listings, delete_photos

UNDO_WITHIN: Final = timedelta(seconds=30)


class ListingChangeError(Exception):
    """The change cannot be made; the message is for the seller."""


def own_listings(seller: User) -> QuerySet[Listing]:
    """Return the listings that somebody may change: their own, and none that is deleted."""
    return Listing.objects.filter(seller_id=seller.pk, deleted_at__isnull=True)


def own_photos(seller: User) -> QuerySet[ListingPhoto]:
    """Return the photos that somebody may change."""
    return ListingPhoto.objects.filter(
        listing__seller_id=seller.pk, listing__deleted_at__isnull=True, deleted_at__isnull=True
    )


def restorable_listings(seller: User) -> QuerySet[Listing]:
    """Return what somebody deleted and can still bring back."""
    return Listing.objects.filter(seller_id=seller.pk, deleted_at__gt=_still_undoable())


def restorable_photos(seller: User) -> QuerySet[ListingPhoto]:
    """Return the photos that somebody removed and can still bring back."""
    return ListingPhoto.objects.filter(
        listing__seller_id=seller.pk,
        listing__deleted_at__isnull=True,
        deleted_at__gt=_still_undoable(),
    )


def rename(listing: Listing, *, title: str) -> None:
    """Give a listing another title; an empty one takes it away."""
    listing.title = title.strip()
    listing.save(update_fields=["title"])


def finish(listing: Listing) -> None:
    """End a draft.

    Raises:
        ListingChangeError: if it has no photo.
    """
    if not listing.photos.present().exists():
        raise ListingChangeError(_("A listing needs at least one photo."))
    listing.is_draft = False
    listing.save(update_fields=["is_draft"])


def reorder(listing: Listing, *, photos: Sequence[int]) -> None:
    """Put the photos of a listing into this order; the first is the cover.

    Raises:
        ListingChangeError: if these are not the listing's photos, each once.
    """
    with transaction.atomic():
        Listing.objects.select_for_update().get(pk=listing.pk)
        rows = {photo.pk: photo for photo in listing.photos.present()}
        if sorted(photos) != sorted(rows):
            raise ListingChangeError(
                _(
                    "The order must name each photo of the listing once; they have changed "
                    "meanwhile. Please reload the page."
                )
            )
        for position, number in enumerate(photos):
            rows[number].position = position
        ListingPhoto.objects.bulk_update(rows.values(), ["position"])


def full_sentence() -> str:
    """Return what a seller is told who adds one photo too many."""
    sentence = _("This listing is full: it takes %(most)d photos at most.")
    return sentence % {"most": settings.PHOTOS_PER_LISTING}


def delete(listing: Listing) -> None:
    """Take a listing out of sight, to be deleted for good after `UNDO_WITHIN`."""
    listing.deleted_at = timezone.now()
    listing.save(update_fields=["deleted_at"])


def restore(listing: Listing) -> bool:
    """Bring a deleted listing back; return whether it was still there to be brought back."""
    chosen = Listing.objects.filter(pk=listing.pk, deleted_at__gt=_still_undoable())
    return bool(chosen.update(deleted_at=None))


def remove_photo(photo: ListingPhoto) -> None:
    """Take a photo out of its listing, to be deleted for good after `UNDO_WITHIN`."""
    # Not the whole row: a worker may be storing its tag.
    ListingPhoto.objects.filter(pk=photo.pk).update(deleted_at=timezone.now())


def restore_photo(photo: ListingPhoto) -> bool:
    """Bring a removed photo back; return whether it was still there to be brought back.

    Raises:
        ListingChangeError: if others have taken its room meanwhile.
    """
    with transaction.atomic():
        Listing.objects.select_for_update().get(pk=photo.listing_id)
        if photo.listing.photos.present().count() >= settings.PHOTOS_PER_LISTING:
            raise ListingChangeError(full_sentence())
        chosen = ListingPhoto.objects.filter(pk=photo.pk, deleted_at__gt=_still_undoable())
        return bool(chosen.update(deleted_at=None))


def remove_deleted() -> int:
    """Delete for good what can no longer be brought back; return how many listings that were."""
    delete_photos(ListingPhoto.objects.filter(deleted_at__lte=_still_undoable()))
    return delete_listings(Listing.objects.filter(deleted_at__lte=_still_undoable()))


def _still_undoable() -> datetime:
    """Return the moment since which deletions can be undone."""
    return timezone.now() - UNDO_WITHIN
