"""Listings and photos are deleted while a moderator settles one of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from classifier.models import Listing, ListingPhoto, Review
from classifier.models.queries.deletion import delete_listings, delete_photos
from tests.classifier.reviewing import record, shown
from tests.servers.processes import wait_until
from tests.tagged_photos import UNKNOWN, a_moderator, a_photo

# Not pg_stat_activity: what it says stays the same until the transaction that asks ends.
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


# SQLite lets nobody else write meanwhile.
@pytest.mark.integration
@pytest.mark.parametrize(
    "delete",
    [
        lambda: delete_listings(Listing.objects.all()),
        lambda: delete_photos(ListingPhoto.objects.all()),
    ],
    ids=["listings", "photos"],
)
@pytest.mark.parametrize("real_database", ["postgresql"], indirect=True)
def test_a_verdict_under_way_is_waited_for(real_database: str, delete: Callable[[], int]) -> None:
    """The review that is being stored stays, without its photo; nobody gets an error."""
    anna = a_moderator("anna")
    a_photo(**UNKNOWN)
    item = shown(anna)

    def work() -> int:
        try:
            return delete()
        finally:
            connection.close()

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
            return bool(cursor.fetchone()[0])

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            record(anna, item)
            deletion = pool.submit(work)
            wait_until(somebody_waits, what="the deletion waits for the verdict", seconds=30)
        assert deletion.result(timeout=30) == 1
    assert not ListingPhoto.objects.exists()
    assert [review.photo_id for review in Review.objects.all()] == [None]
