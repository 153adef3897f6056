"""The benchmark of the review queue writes its rows in SQL, past the models."""

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import review_queue
from classifier.models import QueueItem, Review
from tests.databases import default_database
from tests.servers.prepared import with_tables

pytestmark = pytest.mark.integration


def test_its_rows_fit_the_tables_as_they_are(
    new_postgresql_database: Callable[[str], str], django_db_blocker: Any
) -> None:
    """A column that a migration added makes it fail here, not when somebody wants to measure."""
    # Of its own: it counts photos from 1, as in a new database.
    database = with_tables(new_postgresql_database("benchmark_rows"))
    with django_db_blocker.unblock(), default_database(database):
        people = review_queue.make_people()
        review_queue.fill(0, 1000, people)
        review_queue.hold_some(people)
        assert QueueItem.objects.filter(is_open=True).count() > 200
        assert Review.objects.final().count() > 50
