"""A photo of our own that goes the whole way every few minutes: intake, storage, worker, tag.

Its seller is an account that nobody can sign in to. It never enters the review queue, and is
removed with its listing as soon as it has a tag; one at a time is under way.
"""

import logging
from datetime import timedelta
from io import BytesIO
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from classifier.models import Canary, Listing, ListingPhoto
from classifier.models.operations import CANARY_SELLER
from classifier.photos.receiving import intake
from classifier.photos.storage import StorageUnavailableError

logger = logging.getLogger(__name__)

KEPT: Final = 200


def check_canary() -> None:
    """Note that the photo under way is tagged, and send the next one when it is time."""
    if not settings.CANARY_EVERY_SECONDS:
        return
    last = Canary.objects.first()
    if last is not None and last.tagged_at is None and not last.error:
        _finish_if_tagged(last)
        return
    every = timedelta(seconds=settings.CANARY_EVERY_SECONDS)
    # Either way: one of the future was sent while a clock was ahead.
    if last is None or abs(timezone.now() - last.sent_at) > every:
        _send()


def _finish_if_tagged(canary: Canary) -> None:
    photo = ListingPhoto.objects.filter(listing_id=canary.listing).first()
    if photo is not None and photo.status == ListingPhoto.Status.PENDING:
        return
    if photo is None:
        canary.error = "Its row is gone."
    elif photo.status == ListingPhoto.Status.FAILED:
        canary.error = photo.error
    else:
        canary.tagged_at = photo.classified_at
    with transaction.atomic():
        canary.save(update_fields=["tagged_at", "error"])
        Listing.objects.filter(pk=canary.listing).delete()
        old = list(Canary.objects.values_list("pk", flat=True)[KEPT:])
        Canary.objects.filter(pk__in=old).delete()


def _send() -> None:
    now = timezone.now()
    seller, _ = User.objects.get_or_create(
        username=CANARY_SELLER, defaults={"is_active": False, "password": "!"}
    )
    try:
        received = intake.receive_listing(seller=seller, title="", uploads=[_photo()])
    except (intake.IntakeError, StorageUnavailableError) as error:
        Canary.objects.create(listing=0, sent_at=now, error=str(error))
        return
    Canary.objects.create(listing=received.listing.pk, sent_at=now)


def _photo() -> "SimpleUploadedFile":
    """Return a drawn bag on a light ground."""
    picture = Image.new("RGB", (480, 360), "ivory")
    draw = ImageDraw.Draw(picture)
    draw.arc((165, 30, 315, 240), 180, 360, fill="saddlebrown", width=12)
    draw.rounded_rectangle((105, 135, 375, 315), 24, fill="peru", outline="saddlebrown", width=9)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return SimpleUploadedFile("canary.jpg", buffer.getvalue(), "image/jpeg")
