"""Which values a column has, without reading every row."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.models import ListingPhoto
from classifier.models.queries.distinct_values import distinct_values
from tests.rows import pending_photos

pytestmark = pytest.mark.usefixtures("real_database")


def test_each_value_is_there_once() -> None:
    """In rising order; a row without one adds none, nor does a table without rows."""
    assert distinct_values(ListingPhoto, "sha256") == []
    for value in ("b", "a", "b", "c", "c"):
        pending_photos(1, sha256=value)
    assert distinct_values(ListingPhoto, "sha256") == ["a", "b", "c"]
    assert distinct_values(ListingPhoto, "model_version") == []


def test_the_index_is_read_value_by_value(real_database: str) -> None:
    """Of 3,000 entries PostgreSQL reads one a value, however many photos have it."""
    if real_database == "sqlite":
        pytest.skip("SQLite does not say how many rows it has read.")
    for value in ("a", "b", "c"):
        pending_photos(1000, sha256=value)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE classifier_listingphoto")
    with CaptureQueriesContext(connection) as asked:
        assert distinct_values(ListingPhoto, "sha256") == ["a", "b", "c"]
    (query,) = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
        (plan,) = cursor.fetchone()[0]
    assert sum(_rows_of_tables(plan["Plan"])) <= 8


def _rows_of_tables(node: dict[str, Any]) -> list[float]:
    """Return how many rows each part of a plan took from a table or an index."""
    own = [node["Actual Rows"] * node["Actual Loops"]] if "Relation Name" in node else []
    return own + [rows for part in node.get("Plans", []) for rows in _rows_of_tables(part)]
