"""What is asked often reads an index, on SQLite and on PostgreSQL."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from classifier.models import DatasetReview, Listing, ListingPhoto, QueueItem, Review
from classifier.models.queries.rows_of_page import rows_of_page
from classifier.photos.receiving.listings import own_listings
from classifier.retraining.schedule import unlearned_reviews
from classifier.review.quality import accuracy, dashboard
from classifier.versions import lineage
from tests.rows import a_champion, pending_photos
from tests.tagged_photos import a_moderator

pytestmark = pytest.mark.usefixtures("real_database")
TAGGED: Final = {
    "status": "classified", "outcome": "unknown", "reason": "main_below_threshold",
    "main_confidence": 0.5, "sub_confidence": 0.5, "scores": {},
}  # fmt: skip


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
    """It counts the photos of some days each minute; without the index it would read all photos.

    Nor does it read the whole index: it begins at the first of these days.
    """
    pending_photos(50, **TAGGED, model_version=a_champion(), classified_at=timezone.now())
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        dashboard.figures()
    (query,) = (each for each in asked.captured_queries if 'AS "day"' in each["sql"])
    read = explained(query["sql"])
    assert "photo_classified_at" in read
    assert re.search(r"\(classified_at ?>(=|\?)", read), read
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
    seller = photos[0].listing.seller
    asked = {
        "photo_image": ListingPhoto.objects.filter(image__in=["photos/1.jpg", "photos/2.jpg"]),
        "photo_failed": ListingPhoto.objects.filter(
            status="failed", created_at__gte=timezone.now()
        ),
        "listing_by_seller": own_listings(seller).order_by("-id")[:5],
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


def test_a_seller_turns_over_listings_without_reading_them() -> None:
    """A page's keys come from the index alone, however many pages lie before it."""
    (photo,) = pending_photos(1)
    listings = own_listings(photo.listing.seller)
    with CaptureQueriesContext(connection) as asked:
        list(rows_of_page(listings, 20, 40))
    read = explained(asked.captured_queries[0]["sql"])
    if connection.vendor == "postgresql":
        assert reads_only("listing_by_seller", read)
    else:  # it looks into each row for what the index promises of all
        assert "listing_by_seller" in read


def test_accuracy_is_counted_from_indexes_alone(real_database: str) -> None:
    """Of thousands of reviews no row is read: neither for the blind sample nor for overrides."""
    if real_database == "sqlite":
        pytest.skip("SQLite chooses by no statistics here.")
    moderator, boots = a_moderator(), {"main": "Shoes", "sub": "Boots"}
    predicted = {f"predicted_{field}": value for field, value in boots.items()}
    Review.objects.bulk_create(
        Review(
            photo=photo, moderator=moderator, key=uuid4(), verdict="subclass", is_final=True,
            sampled=n % 10 == 0, blind=n % 10 == 0,
            predicted_outcome="main_class" if n % 5 else "subclass",
            **boots, **predicted,
        )
        for n, photo in enumerate(pending_photos(400))
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM classifier_review")
    with CaptureQueriesContext(connection) as asked:
        accuracy.unbiased_accuracy()
        accuracy.override_rates()
    sample, _, overrides = (explained(query["sql"]) for query in asked.captured_queries)
    assert reads_only("review_blind_sample", sample)
    assert reads_only("review_of_confident_tag", overrides)


def test_a_claim_leaves_alone_the_indexes_of_tags() -> None:
    """A pending photo has no confidence and no version; an entry for that would be written anew."""
    version = a_champion()
    pending_photos(50)
    pending_photos(5, **TAGGED, model_version=version, classified_at=timezone.now())
    indexes = {index.name: index for index in ListingPhoto._meta.indexes}
    asked = {
        "photo_main_confidence": ListingPhoto.objects.filter(main_confidence__lt=0.5),
        "photo_sub_confidence": ListingPhoto.objects.filter(sub_confidence__gte=0.6),
        "photo_model_version": ListingPhoto.objects.filter(model_version=version),
    }
    for name, query in asked.items():
        assert indexes[name].condition is not None
        assert name in plan(query.order_by()), name


def test_the_photos_of_a_listing_are_found_by_the_index_of_upload_keys() -> None:
    """The one that begins with the listing serves; another would be written at each claim."""
    listings = [pending_photos(4)[0].listing for _ in range(50)]
    assert uniqueness_of("listing", "upload_key") in plan(
        ListingPhoto.objects.filter(listing=listings[7])
    )


def uniqueness_of(*fields: str) -> str:
    """Return how a plan names the index of a constraint; SQLite names its own by number."""
    if connection.vendor == "sqlite":
        return f"({fields[0]}_id=?)"
    names = (each.name for each in ListingPhoto._meta.constraints
             if getattr(each, "fields", None) == fields)  # fmt: skip
    return next(names)


def reads_only(index: str, read: str) -> bool:
    """Return whether a plan reads this index and no table."""
    if connection.vendor == "sqlite":
        return f"USING COVERING INDEX {index}" in read
    return re.search(rf"Index Only Scan( Backward)? using {index}", read) is not None


def test_large_tables_are_vacuumed_soon(real_database: str) -> None:
    """An index answers alone for rows that a vacuum has seen; a fifth of a history is too many."""
    if real_database == "sqlite":
        pytest.skip("SQLite has no such parameters.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE reloptions::text LIKE '%vacuum_insert_scale%'"
        )
        tables = {name for (name,) in cursor.fetchall()}
    assert tables == {model._meta.db_table for model in (Listing, ListingPhoto, QueueItem, Review)}
