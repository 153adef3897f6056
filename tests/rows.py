"""Rows for tests that are about what happens to rows."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from classifier.decision import Thresholds, decide
from classifier.models import Listing, ListingPhoto, ModelVersion
from classifier.tagging.results import Tagged
from classifier.versions import promotion, registry
from tests.scores import some_scores


def a_listing(title: str = "A listing") -> Listing:
    """Return a listing without photos, of the one seller of these tests."""
    seller, _ = User.objects.get_or_create(username="seller-of-photos")
    return Listing.objects.create(seller=seller, title=title)


def pending_photos(count: int, **changes: Any) -> list[ListingPhoto]:
    """Return new pending rows; there are no files behind them."""
    listing = a_listing()
    return ListingPhoto.objects.bulk_create(
        ListingPhoto(
            **{"listing": listing, "image": f"photos/{n}.jpg", "width": 64, "height": 64, **changes}
        )
        for n in range(count)
    )


def a_model(name: str = "a-model", **changes: Any) -> ModelVersion:
    facts = {"name": name, "weights_sha256": "0" * 64, "manifest": {}}
    return ModelVersion.objects.create(**(facts | changes))


def a_champion(name: str = "champion") -> ModelVersion:
    return a_model(name, state="champion", promoted_at=timezone.now())


def champion_of(bundle: Path) -> ModelVersion:
    """Register a bundle with its files and put it into production."""
    version = registry.register(folder=bundle)
    promotion.promote(version=version)
    return version


def tagged(**changes: Any) -> Tagged:
    """Return a result as a worker makes it: a tote bag, unless ``changes`` say otherwise."""
    scores = some_scores(**changes)
    return Tagged(scores, decide(scores, Thresholds()))
