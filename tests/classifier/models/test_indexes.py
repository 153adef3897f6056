"""What is asked often reads an index, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from classifier.models import DatasetReview, Listing, ListingPhoto, QueueItem, Review
from classifier.retraining.schedule import unlearned_reviews
from classifier.review.quality import dashboard
from classifier.versions import lineage
from tests.rows import a_champion, pending_photos

pytestmark = pytest.mark.usefixtures("real_database")


def plan(query: QuerySet[Any, Any]) -> str:
    """Return how the database would read it."""
    with whole_tables_avoided():
        return query.explain()


def explained(sql: str) -> str:
    """Return how the database would answer this query."""
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with whole_tables_avoided(), connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@contextmanager
def whole_tables_avoided() -> Iterator[None]:
    """PostgreSQL would rather read small tables whole."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("ANALYZE")
        try:
            yield
        finally:
            cursor.execute("RESET enable_seqscan")


def test_the_dashboard_reads_its_days_from_an_index() -> None:
    """It counts the photos of some days each minute; without the index it would read all photos."""
    tagged = {
        "status": "classified", "outcome": "unknown", "reason": "main_below_threshold",
        "main_confidence": 0.5, "sub_confidence": 0.5, "scores": {}, "model_version": a_champion(),
    }  # fmt: skip
    pending_photos(50, **tagged, classified_at=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        dashboard._days(timezone.now() - timedelta(days=14))
    (query,) = asked.captured_queries
    assert "photo_classified_at" in explained(query["sql"])
    index = next(i for i in ListingPhoto._meta.indexes if i.name == "photo_classified_at")
    with connection.schema_editor() as editor:
        editor.remove_index(ListingPhoto, index)
    try:
        assert "photo_classified_at" not in explained(query["sql"])
    finally:
        with connection.schema_editor() as editor:
            editor.add_index(ListingPhoto, index)


def test_rare_rows_are_found_without_their_table(real_database: str) -> None:
    """Files of no photo, failed photos, a seller's newest listings, the blind sample."""
    if real_database == "sqlite":
        pytest.skip("SQLite chooses by no statistics here, and reads so small a table whole.")
    photos = pending_photos(50)
    seller = photos[0].listing.seller_id
    asked = {
        "photo_image": ListingPhoto.objects.filter(image__in=["photos/1.jpg", "photos/2.jpg"]),
        "photo_failed": ListingPhoto.objects.filter(
            status="failed", created_at__gte=timezone.now()
        ),
        "listing_by_seller": Listing.objects.filter(seller=seller).order_by("-id")[:5],
        "review_blind_sample": Review.objects.filter(sampled=True, blind=True),
        "queue_third_round": QueueItem.objects.filter(is_open=True, round=3),
    }
    for index, query in asked.items():
        assert index in plan(query), index


def test_what_the_champion_learned_from_is_not_compared_review_by_review(
    real_database: str,
) -> None:
    """PostgreSQL joins both, where NOT IN would read the whole list for each review."""
    if real_database == "postgresql":
        assert "SubPlan" not in plan(unlearned_reviews())


def test_a_hash_is_found_by_its_first_digits() -> None:
    """Among photos, and among what models learned from."""
    pending_photos(50)
    begins = lineage.hash_starts_with("ab" * 6)
    assert "photo_sha256" in plan(ListingPhoto.objects.filter(begins))
    assert "dataset_review_sha256" in plan(DatasetReview.objects.filter(begins))


def test_the_newest_photos_that_failed_are_read_from_an_index() -> None:
    """Few of the newest photos are among them: without it the admin's table would read them all."""
    pending_photos(5, status="failed", error="This photo is damaged.")
    failed = ListingPhoto.objects.filter(status="failed").order_by("-id")[:50]
    assert "photo_failed_newest" in plan(failed)
