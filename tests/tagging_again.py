"""Tag photos again as a worker does, without a network."""

from collections.abc import Iterable

from classifier.models import ListingPhoto, ModelVersion, Reclassification
from classifier.tagging import reclassification
from classifier.tagging.reclassification import ReclassificationBatch
from classifier.tagging.results import Postponed, Tagged
from tests.rows import tagged


def begun() -> Reclassification:
    run = reclassification.start()
    assert run is not None
    return run


def work(version: ModelVersion, result: Tagged | Postponed | None = None, limit: int = 8) -> int:
    """Tag batch after batch, as a worker does; return how many photos got a new tag."""
    stored = 0
    while (batch := reclassification.take(version=version, limit=limit)) is not None:
        stored += store(batch, version, result)
    return stored


def store(
    batch: ReclassificationBatch, version: ModelVersion, result: Tagged | Postponed | None = None
) -> int:
    results = [result or tagged()] * len(batch.photos)
    return reclassification.store(batch, results, version=version)


def made_by(version: ModelVersion) -> set[int]:
    return set(ListingPhoto.objects.filter(model_version=version).values_list("pk", flat=True))


def numbers(photos: Iterable[ListingPhoto]) -> set[int]:
    return {photo.pk for photo in photos}
