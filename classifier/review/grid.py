"""Photos of one tag as a wall, in groups that look alike, for a verdict on many at once.

The wall holds nobody's photos: the verdict finds out what changed meanwhile (`bulk`). Photos of the
blind sample are not on it. Shown under the model's tag they would no longer be blind.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from classifier.decision import Outcome
from classifier.ml.embeddings.similarity import group_alike
from classifier.models import ListingPhoto, QueueItem, Review
from classifier.models.operations import CANARY_SELLER
from classifier.models.photos import PhotoQuerySet
from classifier.models.queries.leases import is_over
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

# As many as a person looks over before they forget the first.
WALL: Final = 96
UNKNOWN: Final = Outcome.UNKNOWN.value
TAGS: Final = (*SUBCLASSES, *MAIN_CLASSES, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Tag:
    """Which photos a wall shows.

    Attributes:
        label: the tag: one of `TAGS`.
        resembles: of photos without a subclass those whose likeliest is this; all if it is None.

    Raises:
        ValueError: if there is no such tag or subclass.
    """

    label: str
    resembles: str | None = None

    def __post_init__(self) -> None:
        if self.label not in TAGS:
            raise ValueError(f"There is no tag {self.label!r}.")
        if self.resembles is not None and self.resembles not in SUBCLASSES:
            raise ValueError(f"There is no subclass {self.resembles!r}.")


@dataclass(frozen=True, slots=True)
class Wall:
    """Photos in groups that look alike, the largest first.

    Attributes:
        alone: those that look like no other, or that no embedding is known of.
        before: continue here for older photos; None where there are none.
    """

    groups: list[list[ListingPhoto]]
    alone: list[ListingPhoto]
    before: int | None

    @property
    def count(self) -> int:
        """How many photos it shows."""
        return sum(map(len, self.groups)) + len(self.alone)


def wall(tag: Tag, *, moderator: User, before: int | None = None) -> Wall:
    """Return the newest photos with a tag that nobody has settled; of those before a number."""
    photos = _waiting(moderator).filter(_tagged(tag))
    if before is not None:
        photos = photos.filter(pk__lt=before)
    rows = list(
        photos.select_related("embedding", "listing", "suggestion").order_by("-pk")[: WALL + 1]
    )
    shown = rows[:WALL]
    groups = _groups(shown)
    return Wall(
        [group for group in groups if len(group) > 1],
        [photo for group in groups if len(group) == 1 for photo in group],
        shown[-1].pk if len(rows) > WALL else None,
    )


def _tagged(tag: Tag) -> Q:
    alike = Q(queue_item__predicted_sub=tag.resembles) if tag.resembles else Q()
    if tag.label in SUBCLASSES:
        return Q(sub=tag.label)
    if tag.label == UNKNOWN:
        return Q(outcome=UNKNOWN) & alike
    return Q(outcome=Outcome.MAIN_CLASS.value, main=tag.label) & alike


def _waiting(moderator: User) -> PhotoQuerySet:
    """Return what a moderator may settle from the wall."""
    of_photo = QueueItem.objects.filter(photo=OuterRef("pk"), is_open=True)
    free = is_over("held_until", lasts=settings.REVIEW_CLAIM_LEASE, now=timezone.now())
    elsewhere = ~free & ~Q(holder=moderator)
    return (
        ListingPhoto.objects.present()
        .filter(listing__deleted_at__isnull=True, status=ListingPhoto.Status.CLASSIFIED)
        .exclude(listing__seller__username=CANARY_SELLER)
        .filter(
            ~Exists(Review.objects.final().filter(photo=OuterRef("pk"))),
            ~Exists(of_photo.filter(Q(blind=True) | elsewhere)),
        )
    )


def _groups(photos: list[ListingPhoto]) -> list[list[ListingPhoto]]:
    """Return photos in groups, each of one model version; others have other embeddings."""
    by_version: defaultdict[int, dict[int, bytes]] = defaultdict(dict)
    by_number = {photo.pk: photo for photo in photos}
    for photo in photos:
        if hasattr(photo, "embedding"):
            vectors = by_version[photo.embedding.model_version_id]
            vectors[photo.pk] = bytes(photo.embedding.vector)
    groups = [group for vectors in by_version.values() for group in group_alike(vectors)]
    known = {number for group in groups for number in group}
    groups += [[photo.pk] for photo in photos if photo.pk not in known]
    groups.sort(key=len, reverse=True)
    return [[by_number[number] for number in group] for group in groups]
