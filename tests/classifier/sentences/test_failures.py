"""Why a photo failed is kept in English and read in the reader's language."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from classifier.ml.preprocessing import UnreadablePhotoError, decode
from classifier.models import ListingPhoto
from classifier.sentences import failure
from classifier.tagging import queue
from tests.integration.english_texts import WORDS
from tests.rows import pending_photos


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("The file photos/1.jpg is no longer in storage.",
         "Filen photos/1.jpg finns inte längre i lagret."),
        ("The storage did not give the file (EndpointConnectionError).",
         "Lagret lämnade inte ut filen (EndpointConnectionError)."),
        ("Decoding the photo takes longer than 20 seconds.",
         "Det tar mer än 20 sekunder att avkoda bilden."),
        ("The file crashes the decoder (SIGSEGV).", "Filen får avkodaren att krascha (SIGSEGV)."),
        ("Somebody's own words.", "Somebody's own words."),
        ("", ""),
    ],
)  # fmt: skip
def test_what_workers_keep_is_read_in_swedish(kept: str, read: str) -> None:
    """With what was found filled in; in English, and where it is none of ours, as it is kept."""
    assert failure(kept) == kept
    with translation.override("sv"):
        assert failure(kept) == read


def test_a_photo_that_cannot_be_decoded_says_so_in_swedish() -> None:
    """The decoder's own words stay in their brackets."""
    with pytest.raises(UnreadablePhotoError) as error:
        decode(b"no picture", at_least=64)
    with translation.override("sv"):
        words = failure(str(error.value))
    assert words.startswith("Bilden går inte att avkoda (")


@pytest.mark.django_db
def test_a_photo_that_was_given_up_says_so_in_swedish() -> None:
    """What the sweep writes into the row."""
    long_ago = timezone.now() - timedelta(hours=1)
    (photo,) = pending_photos(1, attempts=99, claim=uuid4(), claimed_until=long_ago)
    queue.sweep()
    photo.refresh_from_db()
    assert photo.status == ListingPhoto.Status.FAILED
    with translation.override("sv"):
        words = failure(photo.error)
    assert not WORDS.search(words)
    assert words != photo.error
