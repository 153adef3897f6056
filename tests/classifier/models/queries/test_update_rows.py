"""Changed columns of many rows, written on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from classifier.models import ListingPhoto
from classifier.models.queries.update_rows import update_rows
from tests.rows import pending_photos

pytestmark = pytest.mark.usefixtures("real_database")


def test_named_columns_are_written_and_no_others() -> None:
    """Text, time, UUID, JSON and NULL, a value of its own for each row."""
    photos = pending_photos(3)
    until = timezone.now() + timedelta(minutes=2)
    for number, photo in enumerate(photos):
        photo.claim, photo.claimed_until = uuid4(), until
        photo.error = f"100 % of {number}"
        photo.scores = {"sub": {"Boots": number / 4}} if number else None
        photo.width = 9999
    update_rows(photos, ("claim", "claimed_until", "error", "scores"))
    stored = list(ListingPhoto.objects.order_by("pk"))
    for row, photo in zip(stored, photos, strict=True):
        assert (row.claim, row.claimed_until) == (photo.claim, until)
        assert (row.error, row.scores) == (photo.error, photo.scores)
        assert row.width != 9999


def test_no_rows_are_no_statement(django_assert_num_queries: pytest.FixtureRequest) -> None:
    """As after a batch whose photos were all deleted meanwhile."""
    with django_assert_num_queries(0):  # type: ignore[operator]  # a fixture that is a function
        update_rows([], ("error",))
