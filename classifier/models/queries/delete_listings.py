"""Deletes listings for good, while moderators may be settling their photos."""

from django.db import transaction
from django.db.models import QuerySet

from classifier.models.photos import Listing
from classifier.models.queue import QueueItem


@transaction.atomic
def delete_listings(listings: QuerySet[Listing]) -> int:
    """Delete listings and their photos; return how many listings that were.

    A verdict that is being stored holds its row of the review queue. It is waited for, so that its
    review loses its photo as all others do: one that came unseen would make the database refuse.
    """
    waiting = QueueItem.objects.filter(photo__listing__in=listings).order_by("pk")
    list(waiting.select_for_update(of=("self",)).values_list("pk"))
    return listings.delete()[1].get("classifier.Listing", 0)
