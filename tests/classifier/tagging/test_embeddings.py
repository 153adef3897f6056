"""Embeddings are stored with the tags they came with, and go with their photo."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.models import ListingPhoto, ModelVersion, PhotoEmbedding
from classifier.similarity import DIMENSIONS
from classifier.tagging import queue, reclassification
from classifier.tagging.results import Result, Unreadable
from classifier.versions import promotion
from tests.rows import a_champion, a_model, pending_photos, tagged

pytestmark = pytest.mark.usefixtures("real_database", "no_sample")


def stored() -> dict[int, tuple[str, bytes]]:
    """Version and embedding of every photo that has one."""
    rows = PhotoEmbedding.objects.select_related("model_version")
    return {row.photo_id: (row.model_version.name, bytes(row.vector)) for row in rows}


def of(value: int) -> Result:
    return replace(tagged(), embedding=bytes([value]) * DIMENSIONS)


def store(results: list[Result], version: ModelVersion) -> list[ListingPhoto]:
    pending_photos(len(results))
    batch = queue.claim_photos(limit=len(results))
    with CaptureQueriesContext(connection) as asked:
        queue.store_results(photos=batch, results=results, version=version)
    about = [query for query in asked if PhotoEmbedding._meta.db_table in query["sql"]]
    assert len(about) == 1
    return batch


def test_a_batch_stores_its_embeddings_at_once() -> None:
    """In one statement; an unreadable photo has none, and a deleted one takes its own along."""
    first, _, third = store([of(1), Unreadable("It is no picture."), of(3)], a_champion())
    assert stored() == {
        first.pk: ("champion", b"\1" * DIMENSIONS),
        third.pk: ("champion", b"\3" * DIMENSIONS),
    }
    ListingPhoto.objects.filter(pk=first.pk).delete()
    assert stored().keys() == {third.pk}


def test_a_photo_that_is_tagged_again_has_the_newer_embedding() -> None:
    """Embeddings of two versions have nothing in common, so the version goes along."""
    (photo,) = store([of(1)], a_champion())
    newer = a_model("newer")
    promotion.promote(version=newer)
    reclassification.start()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    assert reclassification.store(batch, [of(2)], version=newer) == 1
    assert stored() == {photo.pk: ("newer", b"\2" * DIMENSIONS)}
