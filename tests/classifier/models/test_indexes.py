"""What is asked often reads an index, on SQLite and on PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from classifier.models import DatasetReview, ListingPhoto
from classifier.versions import lineage
from tests.rows import a_champion, pending_photos

pytestmark = pytest.mark.usefixtures("real_database")


def plan(query: QuerySet[Any, Any]) -> str:
    """Return how the database would read it; PostgreSQL would rather read small tables whole."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")
            cursor.execute("ANALYZE")
    try:
        return query.explain()
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("RESET enable_seqscan")


def test_the_dashboard_reads_its_days_from_an_index() -> None:
    """It counts the photos of some days each minute, however many there are."""
    tagged = {
        "status": "classified", "outcome": "unknown", "reason": "main_below_threshold",
        "main_confidence": 0.5, "sub_confidence": 0.5, "scores": {}, "model_version": a_champion(),
    }  # fmt: skip
    pending_photos(50, **tagged, classified_at=timezone.now())
    since = timezone.now() - timedelta(days=14)
    days = ListingPhoto.objects.filter(status="classified", classified_at__gte=since).order_by()
    asked = days.annotate(day=TruncDate("classified_at")).values("day").annotate(n=Count("pk"))
    assert "photo_classified_at" in plan(asked)


def test_a_hash_is_found_by_its_first_digits() -> None:
    """Among photos, and among what models learned from."""
    pending_photos(50)
    begins = lineage.hash_starts_with("ab" * 6)
    assert "photo_sha256" in plan(ListingPhoto.objects.filter(begins))
    assert "dataset_review_sha256" in plan(DatasetReview.objects.filter(begins))
