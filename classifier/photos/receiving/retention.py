"""Listings, with their photos and files, go when the operator's days of keeping are over."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from classifier.models import Listing
from classifier.models.queries.deletion import delete_listings

AT_ONCE: Final = 200


def expired() -> QuerySet[Listing]:
    """Return the listings that are kept no longer; 0 days keep them for ever."""
    over = Q(pk__in=())
    kept = ((False, settings.LISTINGS_KEEP_DAYS), (True, settings.DRAFTS_KEEP_DAYS))
    for is_draft, days in kept:
        if days:
            over |= Q(is_draft=is_draft, created_at__lt=timezone.now() - timedelta(days=days))
    return Listing.objects.filter(over)


def remove_expired() -> int:
    """Delete them for good; return how many. Files follow as those of any deleted photo do.

    In small steps, so that no transaction holds up uploads for long.
    """
    removed = 0
    while numbers := list(expired().order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        delete_listings(Listing.objects.filter(pk__in=numbers))
        removed += len(numbers)
    return removed
