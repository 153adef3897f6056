"""Listings as the product makes them: through intake, tagged through the rules."""

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from classifier.decision import Scores, Thresholds, decide
from classifier.models import Listing, ListingPhoto, ModelVersion
from classifier.photos.receiving import intake
from classifier.tagging import queue
from classifier.tagging.results import Result, Tagged, Unreadable
from tests.pictures import jpeg


def upload(name: str = "bag.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    """Return a file as a browser sends it, a good photo unless told otherwise."""
    return SimpleUploadedFile(name, jpeg() if data is None else data, "image/jpeg")


def uploaded_listing(seller: User, title: str = "Tote in tan leather", photos: int = 1) -> Listing:
    """Return a listing with pending photos."""
    uploads = [upload(f"photo-{number}.jpg") for number in range(photos)]
    return intake.receive_listing(seller=seller, title=title, uploads=uploads).listing


def tag(version: ModelVersion, *given: Scores) -> None:
    """Tag the photos that are pending with these scores, in order."""
    _store(version, [Tagged(score, decide(score, Thresholds())) for score in given])


def fail(version: ModelVersion, why: str) -> None:
    """Let the one photo that is pending fail."""
    _store(version, [Unreadable(why)])


def _store(version: ModelVersion, results: list[Result]) -> None:
    photos = queue.claim_photos(limit=len(results))
    assert queue.store_results(photos=photos, results=results, version=version) == len(results)


def only_photo(listing: Listing) -> ListingPhoto:
    return listing.photos.get()
