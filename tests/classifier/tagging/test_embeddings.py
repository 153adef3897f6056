"""Embeddings are stored with the tags they came with, and go with their photo."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.ml.embeddings.similarity import DIMENSIONS
from classifier.models import ListingPhoto, ModelVersion, PhotoEmbedding
from classifier.review import direct
from classifier.tagging import queue, reclassification
from classifier.tagging.results import Result, Unreadable
from classifier.versions import promotion
from tests.classifier.reviewing import BOOTS
from tests.rows import a_champion, a_model, pending_photos, tagged
from tests.tagged_photos import a_moderator

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


def test_photos_tagged_before_there_were_embeddings_get_theirs() -> None:
    """Those with the champion's own tag too, in batches that go on after a stop; each once."""
    champion = a_champion()
    photos = store([of(number) for number in range(1, 13)], champion)
    PhotoEmbedding.objects.filter(photo__in=photos[2:]).delete()
    assert reclassification.start() is None  # by their tags nothing is to do
    run = reclassification.start(for_embeddings=True)
    assert run is not None
    assert run.total == 10
    first = reclassification.take(version=champion, limit=4)
    assert first is not None
    assert [photo.pk for photo in first.photos] == [photo.pk for photo in photos[2:6]]
    assert reclassification.store(first, [of(90)] * 4, version=champion) == 4
    reclassification.stop()
    run = reclassification.start(for_embeddings=True)
    assert run is not None
    assert run.total == 6
    assert reclassification.start() == run  # one at a time, of either kind
    while (batch := reclassification.take(version=champion, limit=4)) is not None:
        reclassification.store(batch, [of(91)] * len(batch.photos), version=champion)
    vectors = [stored()[photo.pk][1][0] for photo in photos]
    assert vectors == [1, 2, *[90] * 4, *[91] * 6]
    assert reclassification.start(for_embeddings=True) is None


def test_what_a_moderator_settled_is_left_without_an_embedding() -> None:
    """It is on no wall, and its tag stays what the moderator saw."""
    champion = a_champion()
    (photo,) = store([of(1)], champion)
    PhotoEmbedding.objects.all().delete()
    direct.settle(
        moderator=a_moderator(), photo=photo.pk, verdict=BOOTS, key=uuid4(), seen=None, seconds=1.0
    )
    assert reclassification.start(for_embeddings=True) is None
