"""Start a shadow, hand its photos to a worker, keep what came of them, end it.

A shadow touches no photo's row: the champion's tags are what sellers and moderators see. Where
the two decisions differ, the photo goes to the blind sample for certain, so that reviews tell which
of the two is right.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Mod
from django.utils import timezone

from classifier import notify
from classifier.decision import Decision
from classifier.models import ListingPhoto, ModelVersion, Shadow, ShadowTag
from classifier.review.queue import enqueue
from classifier.versions import registry

logger = logging.getLogger(__name__)
State = Shadow.State

# Knuth's multiplicative hash: numbers of photos, one after the other, are spread evenly, so that
# a share of them is drawn whatever they show (The Art of Computer Programming 3, 6.4).
_FACTOR: Final = 2654435761
_RANGE: Final = 2**32
# A candidate that ends its worker, or fails on photos, so often is given up.
MAX_LOADS: Final = 3
MAX_UNSCORED: Final = 20
LEAST_WANTED, MOST_WANTED = 100, 1_000_000


class ShadowError(registry.RegistryError):
    """A shadow cannot be started; the message says why."""


def running() -> Shadow | None:
    """Return the shadow that runs, if there is one."""
    return (
        Shadow.objects.select_related("version", "champion", "started_by")
        .filter(state=State.RUNNING)
        .first()
    )


def start(
    *, version: ModelVersion, share: float, photos_wanted: int, by: User | None = None
) -> Shadow:
    """Let a candidate tag a share of live photos silently; workers hear of it.

    Args:
        share: of the photos that come from now on, above 0 and at most 1.
        photos_wanted: with so many the rule is applied, once.

    Raises:
        ShadowError: if there is no champion, the version cannot be promoted by the gate, another
            shadow runs, or a number makes no sense.
    """
    champion = registry.champion()
    if champion is None:
        raise registry.NoChampionError
    if champion == version or version.is_against_gate:
        why = "is in production" if champion == version else "was rejected by the gate"
        raise ShadowError(f"{version} {why}; a shadow is for a version that may be promoted.")
    if not 0 < share <= 1 or not LEAST_WANTED <= photos_wanted <= MOST_WANTED:
        raise ShadowError(
            f"A shadow tags more than 0 and at most 100 % of the photos, and {LEAST_WANTED} to "
            f"{MOST_WANTED:,} of them."
        )
    try:
        with transaction.atomic():
            transaction.on_commit(notify.notify_shadow, robust=True)
            return Shadow.objects.create(
                version=version, champion=champion, share=share, photos_wanted=photos_wanted,
                started_by=by, started_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise ShadowError(f"{running()} runs already. End it first.") from error


def call_off(*, shadow: Shadow, by: User) -> bool:
    """End a shadow without a verdict; return whether it was running."""
    return end(shadow, State.CALLED_OFF, f"Called off by {by}.")


def end(shadow: Shadow, state: Shadow.State, message: str) -> bool:
    """End a shadow; return whether it was running."""
    ended = Shadow.objects.filter(pk=shadow.pk, state=State.RUNNING).update(
        state=state, message=message, ended_at=timezone.now()
    )
    if ended:
        # So that workers let go of its model.
        transaction.on_commit(notify.notify_shadow, robust=True)
        logger.info("%s of %s ended: %s. %s", shadow, shadow.version, state.label, message)
    return bool(ended)


def notify_if_waiting() -> None:
    """Notify workers of photos that the shadow has not tagged; the sweep calls it."""
    shadow = running()
    if shadow is None or shadow.tags.count() >= shadow.photos_wanted:
        return
    if waiting(shadow).exists():
        notify.notify_shadow()


def waiting(shadow: Shadow) -> QuerySet[ListingPhoto]:
    """Return the photos of its share that it has not tagged, the oldest first."""
    known = ShadowTag.objects.filter(shadow=shadow, photo=OuterRef("pk"))
    drawn = ListingPhoto.objects.annotate(draw=Mod(F("pk") * _FACTOR, _RANGE))
    return drawn.filter(
        ~Exists(known),
        status=ListingPhoto.Status.CLASSIFIED,
        model_version=shadow.champion,
        classified_at__gte=shadow.started_at,
        draw__lt=shadow.share * _RANGE,
    ).order_by("classified_at", "pk")


def loading(shadow: Shadow) -> bool:
    """Note that a worker loads the candidate; return False, and end the shadow, if too often."""
    Shadow.objects.filter(pk=shadow.pk).update(loads=F("loads") + 1)
    shadow.refresh_from_db(fields=["loads"])
    if shadow.loads <= MAX_LOADS:
        return True
    end(
        shadow,
        State.FAILED,
        f"Workers loaded it {MAX_LOADS} times and ended before it had tagged a photo. Look into "
        "their logs; there may be too little memory for two models.",
    )
    return False


def take(limit: int) -> tuple[Shadow, list[ListingPhoto]] | None:
    """Take the next photos for a worker; None when there is nothing to do.

    A photo is handed out once: what its worker does not bring back is left out of the comparison.
    """
    with transaction.atomic():
        shadow = Shadow.objects.select_for_update(of=("self",)).filter(state=State.RUNNING).first()
        if shadow is None:
            return None
        if registry.champion() != shadow.champion:
            end(shadow, State.CALLED_OFF, f"{registry.champion()} became the champion meanwhile.")
            return None
        left = shadow.photos_wanted - shadow.tags.count()
        photos = list(waiting(shadow)[: max(0, min(limit, left))])
        if not photos:
            return None
        ShadowTag.objects.bulk_create(
            ShadowTag(
                shadow=shadow, photo=photo, champion_outcome=str(photo.outcome),
                champion_main=photo.main, champion_sub=photo.sub,
            )
            for photo in photos
        )  # fmt: skip
        return shadow, photos


def store(shadow: Shadow, made: Mapping[int, Decision]) -> int:
    """Keep the candidate's decisions; return how many differ from the champion's.

    Args:
        made: by the number of each photo that could be scored.
    """
    with transaction.atomic():
        tags = list(
            ShadowTag.objects.select_for_update(of=("self",))
            .filter(shadow=shadow, photo__in=list(made))
            .select_related("photo")
        )
        for tag in tags:
            decision = made[tag.photo_id]
            tag.outcome, tag.main, tag.sub = decision.outcome, decision.main, decision.sub
            tag.differs = (tag.outcome, tag.main, tag.sub) != (
                tag.champion_outcome, tag.champion_main, tag.champion_sub,
            )  # fmt: skip
        ShadowTag.objects.bulk_update(tags, ["outcome", "main", "sub", "differs"])
        different = [tag.photo for tag in tags if tag.differs]
        _ask_about(different)
        Shadow.objects.filter(pk=shadow.pk).update(loads=0)
    return len(different)


def _ask_about(photos: Sequence[ListingPhoto]) -> None:
    for photo in photos:
        enqueue.into_blind_sample(photo)


def give_up_if_failing(shadow: Shadow) -> None:
    """End a shadow that brings too many photos not back."""
    unscored = shadow.tags.filter(outcome=None).count()
    if unscored > max(MAX_UNSCORED, shadow.tags.count() // 10):
        end(
            shadow,
            State.FAILED,
            f"{unscored} photos could not be scored by {shadow.version}, or ended their worker. "
            "Look into the workers' logs.",
        )
