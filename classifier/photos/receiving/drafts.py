"""A listing that grows photo by photo: begun, filled with photos sent one by one, and finished.

Every request carries a key that its sender made up, and asking twice with one key does it once. So
a sender who never heard an answer may simply ask again (docs/decisions/0023).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from classifier import notify
from classifier.models import Listing, ListingPhoto
from classifier.photos.cleaning import PhotoRefusedError
from classifier.photos.decoding_cost import PixelAllowance
from classifier.photos.receiving import intake
from classifier.photos.receiving.listings import full_sentence

if TYPE_CHECKING:
    from classifier.photos.receiving.intake import Upload


@dataclass(frozen=True, slots=True)
class Added:
    """A photo of a listing, and whether this request brought it.

    Attributes:
        same_as: another photo of this seller with the same content, if there is one.
    """

    photo: ListingPhoto
    is_new: bool
    same_as: ListingPhoto | None = None


def begin(*, seller: User, key: UUID, title: str) -> Listing:
    """Return the seller's draft of this key, a new one without photos the first time."""
    draft, _made = Listing.objects.get_or_create(
        seller=seller, draft_key=key, defaults={"title": title.strip(), "is_draft": True}
    )
    return draft


def add_photo(*, listing: Listing, upload: "Upload", key: UUID) -> Added:
    """Store a photo at the end of a listing, pending, and notify workers after commit.

    Raises:
        IntakeError: if it is no photo that can be taken, or the listing is full or gone.
        StorageUnavailableError: if the storage does not take the file.
    """
    if sent := _sent_before(listing, key):
        return Added(sent, is_new=False)
    _check_limit(listing)
    try:
        clean = intake.clean_upload(upload, PixelAllowance(settings.LISTING_MAX_PIXELS))
    except PhotoRefusedError as error:
        raise intake.IntakeError(
            [f"{intake.shown_name(upload.name)}: {intake.in_words(error)}"]
        ) from error
    row = intake.photo_row(listing, upload.name, clean)
    row.upload_key = key
    try:
        intake.store([row], [clean], lambda: _append(listing, row))
    except IntegrityError:
        # The same photo came over another connection meanwhile.
        if sent := _sent_before(listing, key):
            return Added(sent, is_new=False)
        raise
    return Added(row, is_new=True, same_as=_same_photo(row))


def _sent_before(listing: Listing, key: UUID) -> ListingPhoto | None:
    return ListingPhoto.objects.filter(listing=listing, upload_key=key).first()


def _same_photo(row: ListingPhoto) -> ListingPhoto | None:
    """Return another photo of the seller with the same content; one of this listing first."""
    same = ListingPhoto.objects.present().filter(
        sha256=row.sha256, listing__seller=row.listing.seller_id, listing__deleted_at__isnull=True
    )
    others = same.exclude(pk=row.pk).order_by("-id")
    return others.filter(listing=row.listing_id).first() or others.first()


def _check_limit(listing: Listing) -> None:
    if listing.photos.present().count() >= settings.PHOTOS_PER_LISTING:
        raise intake.IntakeError([full_sentence()])


def _append(listing: Listing, row: ListingPhoto) -> None:
    # Durable: an outer transaction that fails later would leave the file behind.
    with transaction.atomic(durable=True):
        # The lock keeps two photos that come at once from one place, and from the last room.
        if not Listing.objects.select_for_update().filter(pk=listing.pk).first():
            raise intake.IntakeError([_("This listing was deleted.")])
        _check_limit(listing)
        last = listing.photos.aggregate(last=Max("position"))["last"]
        row.position = 0 if last is None else last + 1
        row.save()
        # Robust: what goes wrong with the message must not undo what is committed.
        transaction.on_commit(notify.notify_of_upload, robust=True)
