"""Claim pending photos, store what became of them, give back what a dead worker held.

The rows are the record of what is to do; nothing here needs the broker or the model. A claim is a
token with a lease. Results are stored only by who still holds the token, so a worker that was slow
rather than dead cannot overwrite another's work.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from classifier import notify
from classifier.models import ListingPhoto, ModelVersion
from classifier.models.queries.leases import ends_too_late, has_ended
from classifier.models.queries.update_rows import update_rows
from classifier.review.queue import enqueue
from classifier.tagging import embeddings
from classifier.tagging.claim import claim
from classifier.tagging.results import Postponed, Result, Tagged, Unreadable

PENDING = Q(status=ListingPhoto.Status.PENDING)
TAG_FIELDS = (
    "main", "sub", "main_confidence", "sub_confidence", "outcome", "reason", "scores",
    "brightness", "model_version", "classified_at",
)  # fmt: skip
RESULT_FIELDS = ("status", "claim", "claimed_until", "error", *TAG_FIELDS)


def _free_by_true_time(now: datetime) -> Q:
    """Return what tells photos that are free, or would be by now had no clock been ahead."""
    too_late = partial(ends_too_late, "claimed_until", now=now)
    held, resting = Q(claim__isnull=False), Q(claim__isnull=True)
    rests_too_long = Q()
    # Attempts are small numbers, and each has its own rest.
    for attempts in range(settings.CLASSIFY_MAX_ATTEMPTS + 1):
        rests_too_long |= Q(attempts=attempts) & too_late(lasts=retry_delay(attempts))
    held_too_long = held & too_late(lasts=settings.CLAIM_LEASE)
    return has_ended("claimed_until", now=now) | held_too_long | resting & rests_too_long


def claimable() -> QuerySet[ListingPhoto]:
    """Return what may be claimed now, the photos that were never tried first.

    What a worker held or put off while its clock was ahead waits for the sweep: this is asked
    before each photo of an idle system, and every condition takes Python longer than the database.
    """
    # One that used up its attempts waits for the sweep to give up on it.
    left = Q(attempts__lt=settings.CLASSIFY_MAX_ATTEMPTS)
    free = has_ended("claimed_until", now=timezone.now())
    return ListingPhoto.objects.filter(PENDING, free, left).order_by("attempts", "id")


def first_pending() -> ListingPhoto | None:
    """Return the pending photo that came first, held or not; None without one."""
    pending = ListingPhoto.objects.filter(PENDING)
    # The first of each number of attempts, as the index has them: a backlog is not read through.
    firsts = (
        pending.filter(attempts=number).order_by("attempts", "id").first()
        for number in range(settings.CLASSIFY_MAX_ATTEMPTS + 1)
    )
    return min((photo for photo in firsts if photo), key=lambda photo: photo.pk, default=None)


def oldest_pending() -> datetime | None:
    """Return when the pending photo that came first was sent; None without one."""
    first = first_pending()
    return first.created_at if first else None


def claim_photos(*, limit: int, tried_first: bool = False) -> list[ListingPhoto]:
    """Claim up to ``limit`` pending photos under one token and count the attempt.

    A photo that was tried before goes alone: if it is the one that kills its worker, it takes no
    other photo's attempts down with it.

    Args:
        tried_first: take the one that was tried before and has waited longest, if there is one.
            Whoever claims in a loop asks for it now and then; else such a photo would wait for as
            long as fresh ones come.
    """
    token, until = uuid4(), timezone.now() + settings.CLAIM_LEASE
    for photos, most in _choices(limit, tried_first):
        if claimed := claim(photos, limit=most, token=token, until=until):
            return claimed
    return []


def _choices(limit: int, tried_first: bool) -> Iterator[tuple[QuerySet[ListingPhoto], int]]:
    """Yield what to claim, and how many of it; what comes later if nothing was found before."""
    if tried_first:
        tried = claimable().filter(attempts__gt=0)
        yield tried.order_by(F("claimed_until").asc(nulls_first=True), "id"), 1
    yield claimable().filter(attempts=0), limit
    if not tried_first:
        yield claimable().filter(attempts__gt=0), 1


def renew(photos: Sequence[ListingPhoto]) -> int:
    """Extend the lease of a claim that is still ours; return how many photos that are."""
    return ListingPhoto.objects.filter(
        PENDING, pk__in=[photo.pk for photo in photos], claim=photos[0].claim
    ).update(claimed_until=timezone.now() + settings.CLAIM_LEASE)


def give_back(photos: Sequence[ListingPhoto]) -> None:
    """Give a claim back as if it had never been made: what failed has nothing to do with photos."""
    ListingPhoto.objects.filter(
        PENDING, pk__in=[photo.pk for photo in photos], claim=photos[0].claim
    ).update(claim=None, claimed_until=None, attempts=F("attempts") - 1)


def store_results(
    *, photos: Sequence[ListingPhoto], results: Sequence[Result], version: ModelVersion
) -> int:
    """Store the results of one claim in one transaction; return how many were still ours."""
    result_of = dict(zip((photo.pk for photo in photos), results, strict=True))
    token = photos[0].claim
    with transaction.atomic():
        held = ListingPhoto.objects.select_for_update().filter(pk__in=list(result_of), claim=token)
        ours = set(held.values_list("pk", flat=True))
        # Nobody else writes what is written here while we hold the claim, so the rows need not be
        # read again. Copies: whoever renews the lease meanwhile reads the token from the others.
        rows = [copy(photo) for photo in photos if photo.pk in ours]
        for row in rows:
            _apply(row, result_of[row.pk], version)
        update_rows(rows, RESULT_FIELDS)
        embeddings.store(rows, result_of, version)
        enqueue.enqueue(rows)
        # After commit: of two transactions that tag photos of one listing the later sees both.
        transaction.on_commit(lambda: enqueue.enqueue_contradictions(rows), robust=True)
    return len(rows)


def _apply(row: ListingPhoto, result: Result, version: ModelVersion) -> None:
    row.claim = row.claimed_until = None
    match result:
        case Tagged():
            row.status, row.error = ListingPhoto.Status.CLASSIFIED, ""
            write_tag(row, result, version)
        case Unreadable(why):
            row.status, row.error = ListingPhoto.Status.FAILED, why
        case Postponed(why):
            row.error = why
            if row.attempts >= settings.CLASSIFY_MAX_ATTEMPTS:
                row.status = ListingPhoto.Status.FAILED
            else:
                row.claimed_until = timezone.now() + retry_delay(row.attempts)


def write_tag(row: ListingPhoto, tagged: Tagged, version: ModelVersion) -> None:
    """Write what a version said into the columns `TAG_FIELDS` of a row; saving is the caller's."""
    decision = tagged.decision
    row.main, row.sub = decision.main, decision.sub
    row.main_confidence = decision.main_confidence
    row.sub_confidence = decision.sub_confidence
    row.outcome, row.reason = decision.outcome, decision.reason
    row.scores = tagged.scores.as_dict()
    row.brightness = tagged.brightness
    row.model_version = version
    row.classified_at = timezone.now()


def retry_delay(attempts: int) -> timedelta:
    """Return how long a photo rests after its n-th attempt: 5 s, 45 s, 7 min, 1 h.

    Short at first, for a hiccup; in all long enough for people to repair a storage that is down.
    """
    return timedelta(seconds=5 * 9 ** (attempts - 1))


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep found: claims and rests it ended, photos given up, whether work is waiting."""

    returned: int
    given_up: int
    waiting: bool


def sweep() -> SweepResult:
    """Give back what dead workers held; give up on what killed its worker every time."""
    now = timezone.now()
    free = ListingPhoto.objects.filter(PENDING, _free_by_true_time(now))
    given_up = free.filter(attempts__gte=settings.CLASSIFY_MAX_ATTEMPTS).update(
        status=ListingPhoto.Status.FAILED,
        claim=None,
        claimed_until=None,
        error=f"The worker stopped {settings.CLASSIFY_MAX_ATTEMPTS} times while it read this "
        "photo. The file may be one that crashes the decoder.",
    )
    ended = free.filter(Q(claim__isnull=False) | Q(claimed_until__gt=now))
    returned = ended.update(claim=None, claimed_until=None)
    return SweepResult(returned, given_up, claimable().exists())


def try_again(photos: Iterable[ListingPhoto]) -> int:
    """Make failed photos pending once more, with all their attempts; return how many there were.

    Workers are notified after commit.
    """
    with transaction.atomic():
        transaction.on_commit(notify.notify_workers, robust=True)
        return ListingPhoto.objects.filter(
            pk__in=[photo.pk for photo in photos], status=ListingPhoto.Status.FAILED
        ).update(status=ListingPhoto.Status.PENDING, attempts=0, error="", claimed_until=None)
