"""Listings go when their days are over; the nightly task does it and notes it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from classifier.models import AuditEntry, DeletedPhoto, Listing
from classifier.photos.receiving import retention
from classifier.tasks import remove_orphans
from tests.rows import a_listing, pending_photos

pytestmark = pytest.mark.django_db


def aged(days: int, *, is_draft: bool = False) -> Listing:
    listing = a_listing()
    Listing.objects.filter(pk=listing.pk).update(
        created_at=timezone.now() - timedelta(days=days), is_draft=is_draft
    )
    return listing


def test_what_is_older_than_its_days_goes_with_its_files(settings: Settings) -> None:
    """Drafts by their own days; the files are removed by the task for deleted photos."""
    settings.LISTINGS_KEEP_DAYS, settings.DRAFTS_KEEP_DAYS = 100, 10
    (photo,) = pending_photos(1)
    old = photo.listing
    Listing.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=101))
    young, draft, young_draft = aged(99), aged(11, is_draft=True), aged(9, is_draft=True)
    remove_orphans()
    left = set(Listing.objects.values_list("pk", flat=True))
    assert left == {young.pk, young_draft.pk}
    assert draft.pk not in left
    assert DeletedPhoto.objects.get().number == photo.pk
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.about) == ("listings expired", "2 listings")


def test_by_default_all_is_kept(settings: Settings) -> None:
    """And nothing is noted."""
    assert (settings.LISTINGS_KEEP_DAYS, settings.DRAFTS_KEEP_DAYS) == (0, 0)
    aged(9999)
    aged(9999, is_draft=True)
    assert retention.remove_expired() == 0
    remove_orphans()
    assert Listing.objects.count() == 2
    assert not AuditEntry.objects.exists()
