"""How many rows there are: exact for few, estimated by PostgreSQL for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.models import ListingPhoto
from classifier.models.queries import row_counts
from classifier.models.queries.row_counts import count_or_estimate
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
