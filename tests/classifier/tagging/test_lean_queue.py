"""A batch costs the database one claim and one write, however many photos it has."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.models import ModelVersion
from classifier.tagging import queue
from tests.rows import a_champion, a_listing, pending_photos, tagged

pytestmark = pytest.mark.usefixtures("real_database", "no_sample")

TABLE = '"classifier_listingphoto"'


def statements_of_a_batch(photos: int, version: ModelVersion) -> list[str]:
    """Return what a claim and the storing of its results ask the database."""
    pending_photos(photos)
    with CaptureQueriesContext(connection) as asked:
        batch = queue.claim_photos(limit=photos)
        assert len(batch) == photos
        queue.store_results(photos=batch, results=[tagged()] * photos, version=version)
    return [query["sql"] for query in asked]


def test_a_batch_is_claimed_once_and_written_once() -> None:
    """As many statements for 40 photos as for 4, and two of them change photos."""
    version = a_champion()
    a_listing()
    few, many = (statements_of_a_batch(photos, version) for photos in (4, 40))
    assert len(many) == len(few)
    # On SQLite Django's record says of the second that it is for 40 rows, which are sent together.
    written = [sql for sql in many if f"UPDATE {TABLE}" in sql]
    assert len(written) == 2
    assert sum("scores" in sql for sql in written) == 1


def test_nothing_keeps_results_beside_the_rows() -> None:
    """Celery has no result backend: a message's end is written nowhere."""
    assert settings.CELERY_TASK_IGNORE_RESULT
    assert not getattr(settings, "CELERY_RESULT_BACKEND", None)
