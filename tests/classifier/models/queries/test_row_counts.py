"""How many rows there are: exact for few, estimated by PostgreSQL for many."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from classifier.models import ListingPhoto
from classifier.models.queries import row_counts
from classifier.models.queries.row_counts import count_or_estimate, count_up_to, sums_by
from tests.rows import pending_photos

pytestmark = pytest.mark.usefixtures("real_database")


def test_many_rows_are_estimated_and_few_are_counted(
    real_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 400 rows of which 50 may be counted, no query reads more than 51 on PostgreSQL."""
    monkeypatch.setattr(row_counts, "EXACT_UP_TO", 50)
    pending_photos(400)
    pending_photos(40, attempts=1)
    photos = ListingPhoto.objects.all()
    if real_database == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE classifier_listingphoto")
    with CaptureQueriesContext(connection) as asked:
        assert count_or_estimate(photos.filter(attempts=0)) == pytest.approx(400, rel=0.1)
        assert count_or_estimate(photos.filter(attempts=1)) == 40
    if real_database == "postgresql":
        counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
        assert counts
        assert all("LIMIT 51" in sql for sql in counts)


def test_rows_are_counted_up_to_a_bound() -> None:
    """Whatever the query: with columns of its own, with DISTINCT, or of nothing at all."""
    photos = pending_photos(5)
    assert count_up_to(ListingPhoto.objects.order_by("-image"), 9) == 5
    assert count_up_to(ListingPhoto.objects.select_related("listing"), 3) == 3
    assert count_up_to(ListingPhoto.objects.distinct(), 9) == 5
    assert count_up_to(ListingPhoto.objects.filter(pk__in=[photos[0].pk]), 9) == 1
    assert count_up_to(ListingPhoto.objects.none(), 9) == 0
    assert count_up_to(ListingPhoto.objects.filter(image__contains="5%"), 9) == 0


def test_sums_are_of_the_first_rows_alone() -> None:
    """Of six photos the newest five: two sent 0 times, three 7 times, and none of NULL is lost."""
    for attempts in (0, 0, 0, 7, 7, 7):
        pending_photos(1, attempts=attempts)
    newest = ListingPhoto.objects.order_by("-id")
    assert sums_by(newest, "attempts", F("attempts"), 5) == {0: (0, 2), 7: (21, 3)}
    assert sums_by(newest, "main", F("attempts"), 5) == {None: (21, 5)}
    assert sums_by(newest.none(), "attempts", F("attempts"), 5) == {}


def test_what_is_known_to_be_many_is_not_counted(
    real_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's estimate alone is asked for; it is no smaller than what is known."""
    monkeypatch.setattr(row_counts, "EXACT_UP_TO", 50)
    pending_photos(400)
    with CaptureQueriesContext(connection) as asked:
        known = count_or_estimate(ListingPhoto.objects.all(), at_least=390)
        assert count_or_estimate(ListingPhoto.objects.all(), at_least=3) >= 51
    assert known >= 390
    counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
    assert len(counts) == (1 if real_database == "postgresql" else 2)
