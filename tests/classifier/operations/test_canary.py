"""A test photo goes the whole way, and nobody but the operator ever sees it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from classifier.models import Canary, Listing, ListingPhoto, ModelVersion, QueueItem
from classifier.operations import canary, checks
from tests.classifier.listings import fail, tag
from tests.scores import some_scores

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_minute(settings: Settings) -> None:
    settings.CANARY_EVERY_SECONDS = 60


def test_it_is_sent_tagged_and_removed(champion: ModelVersion) -> None:
    """One at a time; an uncertain tag brings it into no review queue; its listing goes."""
    canary.check_canary()
    canary.check_canary()
    assert ListingPhoto.objects.count() == 1
    tag(champion, some_scores("Bags", 0.3, "Tote Bags", 0.3))
    assert not QueueItem.objects.exists()
    canary.check_canary()
    assert not Listing.objects.exists()
    assert Canary.objects.get().tagged_at is not None
    assert checks.canary() == ""
    canary.check_canary()
    assert Canary.objects.count() == 1, "the next one is not due"
    Canary.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    canary.check_canary()
    assert ListingPhoto.objects.count() == 1


def test_one_that_is_never_tagged_is_wrong() -> None:
    """After as long as any photo may wait."""
    canary.check_canary()
    assert checks.canary() == ""
    Canary.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    assert "is not tagged yet" in checks.canary()


def test_one_that_fails_or_cannot_be_stored_says_why(
    champion: ModelVersion, storage_folder: Path
) -> None:
    """The reason is that of any photo; the next one is sent all the same."""
    canary.check_canary()
    fail(champion, "The file crashes the decoder (SIGSEGV).")
    canary.check_canary()
    assert "SIGSEGV" in checks.canary()
    Canary.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    media = storage_folder / "media"
    media.rename(media.with_name("away"))
    media.write_text("in the way")
    canary.check_canary()
    assert "The storage failed" in checks.canary()
