"""Photos as the model left them, made without a model, and people to review them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict, Unpack
from uuid import uuid4

from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.utils import timezone

from classifier.accounts import roles
from classifier.decision import Scores, Thresholds, decide
from classifier.models import Listing, ListingPhoto, ModelVersion
from classifier.photos.storage import must_be_there
from classifier.review.queue import enqueue
from classifier.taxonomy import MAIN_OF, SUBCLASSES
from tests.pictures import jpeg
from tests.rows import a_listing
from tests.scores import some_scores

# Without the figures on agreement: they need a right of their own, as tests show.
MODERATOR_RIGHTS = tuple(right for right in roles.MODERATOR_RIGHTS if right != "view_quality")


class Shares(TypedDict, total=False):
    """Probabilities of the best classes, and of being none of ours."""

    main: float
    share: float
    novelty: float


def scores_for(
    sub: str, *, main: float = 0.98, share: float = 0.95, novelty: float = 0.02
) -> Scores:
    """Return scores whose best subclass and its main class have these probabilities."""
    return some_scores(MAIN_OF[sub], main, sub, share, novelty)


CONFIDENT: Final[Shares] = {"main": 0.98, "share": 0.95}
FALLBACK: Final[Shares] = {"main": 0.9, "share": 0.5}
UNKNOWN: Final[Shares] = {"main": 0.5, "share": 0.3}


def a_version(name: str = "a-model") -> ModelVersion:
    return ModelVersion.objects.get_or_create(
        name=name, defaults={"weights_sha256": "0" * 64, "manifest": {}}
    )[0]


def a_photo(
    sub: str = "Boots",
    *,
    listing: Listing | None = None,
    at: datetime | None = None,
    file: bool = False,
    **shares: Unpack[Shares],
) -> ListingPhoto:
    """Return a photo the model tagged with these scores, in the queue if it belongs there."""
    photo = unsaved_photo(sub, listing=listing or a_listing(), at=at, **shares)
    if file:
        photo.image.save(f"{uuid4()}.jpg", ContentFile(jpeg()), save=False)
    photo.save()
    if file:
        must_be_there(photo.image.storage)  # marks the folder, as an upload does
    enqueue.enqueue([photo])
    return photo


def unsaved_photo(
    sub: str, *, listing: Listing, at: datetime | None = None, **shares: Unpack[Shares]
) -> ListingPhoto:
    scores = scores_for(sub, **shares)
    decision = decide(scores, Thresholds())
    return ListingPhoto(
        listing=listing,
        image="photos/none.jpg",
        width=320,
        height=240,
        sha256=uuid4().hex * 2,
        status="classified",
        main=decision.main,
        sub=decision.sub,
        outcome=decision.outcome,
        reason=decision.reason,
        main_confidence=decision.main_confidence,
        sub_confidence=decision.sub_confidence,
        scores=scores.as_dict(),
        model_version=a_version(),
        classified_at=at or timezone.now(),
    )


def many_photos(count: int, **shares: Unpack[Shares]) -> list[ListingPhoto]:
    """Return that many photos, one second apart, all in one listing."""
    listing, start = a_listing(), timezone.now() - timedelta(days=1)
    photos = ListingPhoto.objects.bulk_create(
        unsaved_photo(
            SUBCLASSES[number % len(SUBCLASSES)],
            listing=listing,
            at=start + timedelta(seconds=number),
            **(shares or UNKNOWN),
        )
        for number in range(count)
    )
    enqueue.enqueue(photos)
    return photos


def a_moderator(
    name: str = "moderator", rights: Iterable[str] = MODERATOR_RIGHTS, **more: Any
) -> User:
    user = User.objects.create_user(name, password="a password of the tests", is_staff=True, **more)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="classifier", codename__in=list(rights))
    )
    return user
