"""Puts photos into the queue: what the model was not sure of, and a random sample of the rest."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from classifier.decision import Outcome
from classifier.models import ListingPhoto, QueueItem, Review
from classifier.models.operations import CANARY_SELLER
from classifier.review.pooling import contradicts
from classifier.review.queue.informative import informativeness, top_classes

# The sample, and what a seller contradicts, go first in either order: the most informative photos
# never end, and behind them an unbiased figure would never come about.
MUST_NOT_WAIT: Final = {"rank": QueueItem.Rank.FIRST, "informative": 1.0}
_random = random.SystemRandom()


def enqueue(photos: Sequence[ListingPhoto]) -> None:
    """Put freshly tagged photos into the queue as far as people should look at them.

    Call it in the transaction that stores the tags. Photos that are there already follow their
    new tag while nobody has settled them; what was sampled stays in the sample. The test photos of
    `operations.canary` are for nobody.
    """
    tagged = {p.pk: p for p in photos if p.status == ListingPhoto.Status.CLASSIFIED}
    rows = ListingPhoto.objects.filter(pk__in=tagged)
    places: Iterable[tuple[int, int | None, str]] = rows.values_list(
        "pk", "queue_item", "listing__seller__username"
    )
    fresh: list[ListingPhoto] = []
    for number, item, seller in places:
        if item is not None:
            _follow_tag(tagged[number])
        elif seller != CANARY_SELLER:
            fresh.append(tagged[number])
    QueueItem.objects.bulk_create(_items(fresh), ignore_conflicts=True)


def enqueue_contradictions(photos: Iterable[ListingPhoto]) -> None:
    """Bring before moderators what freshly tagged photos contradict in their listings.

    Call it after their tags are committed. Of a listing whose photos the model is sure of and finds
    different, those wait that nobody has settled: two things in one listing?
    """
    tagged = [photo for photo in photos if photo.main is not None]
    rows = ListingPhoto.objects.present().filter(
        listing__in={photo.listing_id for photo in tagged}, main__isnull=False
    )
    by_listing: defaultdict[int, list[ListingPhoto]] = defaultdict(list)
    for row in rows.only("listing", "main", "sub", "outcome"):
        by_listing[row.listing_id].append(row)
    contradicting = [
        row.pk
        for sure in by_listing.values()
        if contradicts([(row.main, row.sub) for row in sure])
        for row in sure
    ]
    if not contradicting:
        return
    # What waits already need not be asked for.
    unsettled = ListingPhoto.objects.filter(pk__in=contradicting).exclude(queue_item__is_open=True)
    with transaction.atomic():
        ask_for(unsettled.exclude(reviews__is_final=True))


def _items(photos: Iterable[ListingPhoto]) -> list[QueueItem]:
    items = [_item(photo) for photo in photos]
    return [item for item in items if item is not None]


def _item(photo: ListingPhoto) -> QueueItem | None:
    sample = _sample() if _confident(photo) else {}
    if _confident(photo) and not sample:
        return None
    return QueueItem(photo=photo, queued_at=_queued_at(photo), **{**_follows(photo), **sample})


def _queued_at(photo: ListingPhoto) -> datetime:
    return photo.classified_at or photo.created_at


def _confident(photo: ListingPhoto) -> bool:
    return photo.outcome == Outcome.SUBCLASS


def _sample() -> dict[str, object]:
    """Return what a queue item is when its confident photo is sampled; nothing if it is not."""
    share = settings.REVIEW_SAMPLE_SHARE
    if _random.random() >= share:
        return {}
    return {"sampled": True, "sampling_share": share, "blind": True, **MUST_NOT_WAIT}


def _follow_tag(photo: ListingPhoto) -> None:
    """A new tag makes a photo wait elsewhere, again, or not at all if the model is now sure."""
    if Review.objects.final().filter(photo=photo).exists():
        return
    # Not what is on a screen just now, and nothing of the sample.
    item = QueueItem.objects.filter(photo=photo, claim__isnull=True, round=1, sampled=False)
    if not _confident(photo):
        item.update(is_open=True, **_follows(photo))
    else:
        sample = _sample()
        item.filter(photo__suggestion__isnull=True).update(is_open=bool(sample), **sample)


def _follows(photo: ListingPhoto) -> dict[str, object]:
    """Return what a queue item takes from the photo's tag."""
    main_class = photo.outcome == Outcome.MAIN_CLASS
    scores = photo.scores or {}
    return {
        "rank": QueueItem.Rank.LATER if main_class else QueueItem.Rank.FIRST,
        "predicted_sub": top_classes(scores["sub"], 1)[0].label,
        "informative": informativeness(sub=scores["sub"], novelty=scores["novelty"]),
    }


def ask_for(photos: Iterable[ListingPhoto]) -> None:
    """Put photos into the queue whatever their tags say; call it inside a transaction."""
    by_number = {photo.pk: photo for photo in photos}
    items = QueueItem.objects.filter(photo__in=by_number)
    known = set(items.values_list("photo_id", flat=True))
    fresh = [
        QueueItem(photo=photo, queued_at=_queued_at(photo), **{**_follows(photo), **MUST_NOT_WAIT})
        for number, photo in by_number.items()
        if number not in known
    ]
    QueueItem.objects.bulk_create(fresh, ignore_conflicts=True)
    items.filter(is_open=False).update(is_open=True, **MUST_NOT_WAIT)


def into_blind_sample(photo: ListingPhoto) -> None:
    """Have a photo reviewed blind for certain, unless it is settled; call it in a transaction.

    Of a confident photo it becomes part of the blind sample with the sampling probability 1,
    whatever the draw had said: given what chose it, it is in the sample for certain.
    """
    if Review.objects.verdicts().filter(photo=photo).exists():
        return
    sampled = {"sampled": True, "sampling_share": 1.0} if _confident(photo) else {}
    asked = {**_follows(photo), **sampled, "blind": True, "is_open": True, **MUST_NOT_WAIT}
    item, created = QueueItem.objects.get_or_create(
        photo=photo, defaults={"queued_at": _queued_at(photo), **asked}
    )
    if not created:
        # Not what is on a screen just now: its moderator may have seen the tag.
        QueueItem.objects.filter(pk=item.pk, claim__isnull=True).update(**asked)


def let_wait_again(photos: Iterable[int]) -> None:
    """Open what waited before its verdict was undone.

    Not what a later model was sure of, unless it was sampled or its seller contradicts.
    """
    unsure = ~Q(photo__outcome=Outcome.SUBCLASS)
    asked = Q(sampled=True) | Q(photo__suggestion__isnull=False)
    QueueItem.objects.filter(unsure | asked, photo__in=list(photos)).update(is_open=True)
