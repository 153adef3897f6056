"""Deletes listings and photos for good, while moderators may be settling them.

A verdict that is being stored holds its row of the review queue. It is waited for, so that its
review loses its photo as all others do: one that came unseen would make the database refuse.
"""

from django.db import transaction
from django.db.models import QuerySet

from classifier.models.photos import Listing, ListingPhoto
from classifier.models.queue import QueueItem


@transaction.atomic
def delete_listings(listings: QuerySet[Listing]) -> int:
    """Delete listings and their photos; return how many listings that were."""
    _wait_for_verdicts(QueueItem.objects.filter(photo__listing__in=listings))
    return listings.delete()[1].get("classifier.Listing", 0)


@transaction.atomic
def delete_photos(photos: QuerySet[ListingPhoto]) -> int:
    """Delete photos, their listings stay; return how many photos that were."""
    _wait_for_verdicts(QueueItem.objects.filter(photo__in=photos))
    return photos.delete()[1].get("classifier.ListingPhoto", 0)


def _wait_for_verdicts(items: QuerySet[QueueItem]) -> None:
    list(items.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
