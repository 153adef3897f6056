"""The keys under which clients send an upload again, and what came of it the first time."""

from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.utils import timezone

from classifier.models import Listing, UploadKey

# No client tries for longer.
KEPT: Final = timedelta(days=2)
LONGEST: Final = 100


def is_valid(key: str) -> bool:
    """Return whether a client may use this key."""
    return len(key) <= LONGEST and key.isascii() and key.isprintable()


def received_before(seller: User, key: str) -> UploadKey | None:
    """Return what came of an upload under this key; None if there was none."""
    known = UploadKey.objects.select_related("listing")
    return known.filter(seller=seller, key=key).first()


def remember(key: str, listing: Listing, refused: list[dict[str, Any]]) -> None:
    """Keep what came of an upload; call it in the transaction that stores its rows.

    Raises:
        IntegrityError: if the same upload was stored meanwhile.
    """
    UploadKey.objects.create(seller=listing.seller, key=key, listing=listing, refused=refused)


def forget_old() -> int:
    """Remove keys that are older than `KEPT`; return how many there were."""
    old = UploadKey.objects.filter(created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
