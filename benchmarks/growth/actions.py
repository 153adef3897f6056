"""What people, workers and the scheduler make the product ask the database, by name."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.decision import Thresholds, decide
from classifier.models import Listing, ListingPhoto, ModelVersion
from classifier.models.queries.row_counts import count_or_estimate
from classifier.operations import checks, metrics, status
from classifier.photos import orphans
from classifier.review.quality import dashboard
from classifier.review.queue import claims, counters
from classifier.tagging import outage, queue, reclassification
from classifier.tagging.results import Tagged
from classifier.web import lists
from tests.scores import some_scores

BATCH: Final = 64
# Beyond what is pending, from the newest photo; and where a reclassification has got to.
TAGGED: Final = 700
CURSOR: Final = 2_000
Action = Callable[[], object]


def _version() -> ModelVersion:
    return ModelVersion.objects.get()


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _page(name: str, *, user: str, args: tuple[int, ...] = (), **query: Any) -> Action:
    """Return what opens a page for a user; the session is made here and not counted."""
    person = _user(user)
    person.is_superuser = person.is_staff
    person.save()
    client = Client()
    client.force_login(person)
    address = f"{reverse(name, args=args)}?{urlencode(query)}"

    def open_page() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}, not 200.")

    return open_page


def _store() -> None:
    photos = queue.claim_photos(limit=BATCH)
    scores = some_scores()
    results = [Tagged(scores, decide(scores, Thresholds())) for _ in photos]
    queue.store_results(photos=photos, results=results, version=_version())


def _upload() -> None:
    listing = Listing.objects.create(seller=_user("shop"))
    ListingPhoto.objects.bulk_create(
        ListingPhoto(listing=listing, image=f"photos/new-{n}.jpg", width=64, height=64)
        for n in range(4)
    )


def _orphans() -> None:
    names = [f"photos/none-{number}.jpg" for number in range(orphans.AT_ONCE)]
    orphans.of_photos(names)


def actions() -> Mapping[str, Action]:
    """Return what is measured; call it once, for it signs people in."""
    middle = Listing.objects.order_by("-pk").values_list("pk", flat=True)[1200]
    last = ListingPhoto.objects.order_by("-pk").values_list("pk", flat=True)[TAGGED]
    sellers, moderator = "shop", "moderator-1"
    # A full page at every size, so that as many listings are shown: a small shop ends sooner.
    full_pages = Listing.objects.filter(seller=_user(sellers)).count() // lists.LISTINGS_A_PAGE
    photos, listings = "admin:classifier_listingphoto_changelist", "api:listings"
    month_ago = timezone.localdate() - timedelta(days=20)
    return {
        **_of_workers(),
        "listings, first page": _page("listings", user=sellers),
        "listings, a later page": _page("listings", page=min(50, full_pages), user=sellers),
        "listings of an old seller": _page("listings", user="first"),
        "listing": _page("listing", user="moderator-1", args=(middle,)),
        "API, listings": _page(listings, user=sellers),
        "API, all listings (staff)": _page(listings, user=moderator),
        "API, photo": _page("api:photo", user="moderator-1", args=(last,)),
        "admin, first page": _page("admin:index", user=moderator),
        "admin, photos": _page(photos, user=moderator),
        "admin, failed photos": _page(photos, status__exact="failed", user=moderator),
        "admin, pending photos": _page(photos, status__exact="pending", user=moderator),
        "admin, unknown photos": _page(photos, outcome__exact="unknown", user=moderator),
        "admin, photos of a class": _page(photos, main__exact="Bags", user=moderator),
        "admin, photos by confidence": _page(photos, o="3", user=moderator),
        "admin, photos not reviewed": _page(photos, reviewed_by="nobody", user=moderator),
        "admin, photos since a day": _page(photos, created_at_from=month_ago, user=moderator),
        "admin, search": _page(photos, q="seller-17", user=moderator),
        "admin, search, many found": _page(photos, q="selle", user=moderator),
        "admin, listings": _page("admin:classifier_listing_changelist", user=moderator),
        "admin, reviews": _page("admin:classifier_review_changelist", user=moderator),
        "admin, quality": _page("admin:review_quality", user=moderator),
        "dashboard": dashboard._count,
        "status": status.overview,
        "metrics": lambda: [*metrics._photos(), *metrics._tags(), *metrics._reviews_and_models()],
        "alarm, oldest pending": checks.oldest_pending,
    }


def _of_workers() -> Mapping[str, Action]:
    moderator = _user("moderator-1")
    version = _version()
    new = ModelVersion(pk=0)
    return {
        "upload, rows": _upload,
        "claim": lambda: queue.claim_photos(limit=BATCH),
        "claim, tried first": lambda: queue.claim_photos(limit=BATCH, tried_first=True),
        "is anything pending": lambda: queue.claimable().exists(),
        "claim and store": _store,
        "sweep": queue.sweep,
        "after an outage": outage.release_after_outage,
        "tag again, next photos": lambda: list(
            reclassification.outdated(new, after=CURSOR).order_by("pk")[:BATCH]
        ),
        "tag again, nothing left": lambda: reclassification.outdated(version).exists(),
        "tag again, how many": lambda: count_or_estimate(reclassification.outdated(new)),
        "review, next photo": lambda: claims.claim_next(moderator=moderator),
        "review, counters": lambda: counters.counters(moderator=moderator),
        "orphans, 500 files": _orphans,
    }
