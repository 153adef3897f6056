"""Who enters the queue: what the model was not sure of, and a few photos drawn at random."""

import random
from collections.abc import Iterable, Sequence

from django.conf import settings

from classifier.models import ListingPhoto, QueueItem
from classifier.review.informative import best_guesses, informativeness

_chance = random.SystemRandom()


def enqueue(photos: Sequence[ListingPhoto]) -> None:
    """Put freshly tagged photos into the queue as far as people should look at them.

    Call it in the transaction that stores the tags. Photos that are there already follow their
    new tag while nobody has settled them; whether one was drawn at random never changes.
    """
    tagged = [photo for photo in photos if photo.status == ListingPhoto.Status.CLASSIFIED]
    known = set(QueueItem.objects.filter(photo__in=tagged).values_list("photo_id", flat=True))
    for photo in tagged:
        if photo.pk in known:
            _follow_tag(photo)
    fresh = [photo for photo in tagged if photo.pk not in known]
    QueueItem.objects.bulk_create(_items(fresh), ignore_conflicts=True)


def _items(photos: Iterable[ListingPhoto]) -> list[QueueItem]:
    items = [_item(photo) for photo in photos]
    return [item for item in items if item is not None]


def _item(photo: ListingPhoto) -> QueueItem | None:
    confident = photo.outcome == ListingPhoto.OutcomeChoice.SUBCLASS
    drawn = confident and _chance.random() < settings.REVIEW_SAMPLE_SHARE
    if confident and not drawn:
        return None
    since = photo.classified_at or photo.created_at
    return QueueItem(
        photo=photo, sampled=drawn, blind=drawn, since=since,
        sampling_share=settings.REVIEW_SAMPLE_SHARE if drawn else None,
        **_follows(photo),
    )  # fmt: skip


def _follow_tag(photo: ListingPhoto) -> None:
    """A new tag makes an open photo wait elsewhere, or not at all if the model is now sure."""
    waiting = QueueItem.objects.filter(photo=photo, open=True, claim__isnull=True, round=1)
    if photo.outcome == ListingPhoto.OutcomeChoice.SUBCLASS:
        waiting.filter(sampled=False, photo__suggestion__isnull=True).update(open=False)
    else:
        waiting.update(**_follows(photo))


def _follows(photo: ListingPhoto) -> dict[str, object]:
    """Return what a queue item takes from the photo's tag."""
    main_class = photo.outcome == ListingPhoto.OutcomeChoice.MAIN_CLASS
    scores = photo.scores or {}
    return {
        "rank": QueueItem.Rank.LATER if main_class else QueueItem.Rank.FIRST,
        "guess": best_guesses(scores["sub"], 1)[0].label,
        "informative": informativeness(sub=scores["sub"], novelty=scores["novelty"]),
    }


def ask_for(photo: ListingPhoto) -> None:
    """Put one photo into the queue whatever its tag says; call it inside a transaction."""
    since = photo.classified_at or photo.created_at
    item, created = QueueItem.objects.get_or_create(
        photo=photo, defaults={"since": since, **_follows(photo)}
    )
    if not created and not item.open:
        QueueItem.objects.filter(pk=item.pk).update(open=True)
