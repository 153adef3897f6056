"""Reads what a shadow compared, and ends it by the rule once it is complete."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from classifier.ml.manifest import BundleError
from classifier.models import Promotion, QueueItem, Review, Shadow, ShadowTag
from classifier.shadow import run
from classifier.shadow.figures import Answer, ComparedPhoto
from classifier.shadow.rule import Limits, Ruling, rule
from classifier.versions import promotion, storage
from classifier.versions.promotion import PromotionError

# A moderator may skip a photo for ever, so not quite all have to be reviewed.
REVIEWED_OF_100: Final = 95
WITH_TRUTH: Final = (Review.Verdict.SUBCLASS, Review.Verdict.MAIN_CLASS, Review.Verdict.NOT_OURS)


def limits() -> Limits:
    """Return what the rule allows, by the gate's settings."""
    return Limits(
        wrong_tag=settings.GATE_WRONG_TAG_COST,
        cost=settings.GATE_COST_MARGIN / 100,
        recall=settings.GATE_RECALL_MARGIN / 100,
        coverage=settings.GATE_COVERAGE_MARGIN / 100,
        rejection=settings.GATE_REJECTION_MARGIN / 100,
    )


def compared_photos(shadow: Shadow) -> list[ComparedPhoto]:
    """Return the photos that both models decided, with the verdicts on them."""
    tags = list(
        ShadowTag.objects.filter(shadow=shadow, outcome__isnull=False)
        .select_related("photo")
        .order_by("pk")
    )
    reviews = {
        review.photo_id: review
        for review in Review.objects.final().filter(photo__shadow_tags__shadow=shadow)
    }
    unsure = [tag for tag in tags if not tag.differs and tag.champion_outcome != "subclass"]
    seen = sum(tag.photo_id in reviews for tag in unsure)
    each_unsure = len(unsure) / seen if seen else 0.0
    return [_compared(tag, reviews.get(tag.photo_id), each_unsure) for tag in tags]


def _compared(tag: ShadowTag, review: Review | None, each_unsure: float) -> ComparedPhoto:
    known = review is not None and review.verdict in WITH_TRUTH
    return ComparedPhoto(
        day=timezone.localdate(tag.at),
        listing=tag.photo.listing_id,
        champion=Answer(tag.champion_outcome, tag.champion_main, tag.champion_sub),
        candidate=Answer(str(tag.outcome), tag.main, tag.sub),
        reviewed=review is not None,
        truth=(review.main, review.sub) if known and review is not None else None,
        weight=_weight(tag, review, each_unsure),
    )


def _weight(tag: ShadowTag, review: Review | None, each_unsure: float) -> float:
    """Return how many compared photos a reviewed one stands for; 0 where it was chosen by hand."""
    if review is None:
        return 0.0
    if tag.differs:
        return 1.0
    if tag.champion_outcome != "subclass":
        return each_unsure
    return 1 / review.sampling_share if review.sampled and review.sampling_share else 0.0


def is_complete(shadow: Shadow) -> bool:
    """Return whether as many photos as wanted are compared, and those that differ reviewed."""
    tags = shadow.tags.aggregate(
        all=Count("pk"),
        different=Count("pk", filter=Q(differs=True)),
    )
    if tags["all"] < shadow.photos_wanted:
        return False
    open_items = QueueItem.objects.filter(
        is_open=True, photo__shadow_tags__shadow=shadow, photo__shadow_tags__differs=True
    ).count()
    different = int(tags["different"])
    return 100 * (different - open_items) >= REVIEWED_OF_100 * different


def decide_if_complete() -> Ruling | None:
    """Apply the rule to the running shadow if it is complete; None while it is not.

    It is applied once, so that looking every day makes no error more likely.
    """
    shadow = run.running()
    if shadow is None or not is_complete(shadow):
        return None
    ruling = rule(compared_photos(shadow), limits())
    if not ruling.promote:
        run.end(shadow, Shadow.State.DROPPED, ruling.summary)
        return ruling
    try:
        storage.check_files(shadow.version)
        # Together, so that who is killed in between leaves no shadow of a champion.
        with transaction.atomic():
            promotion.promote(
                version=shadow.version,
                trigger=Promotion.Trigger.SHADOW,
                instead_of=shadow.champion,
            )
            run.end(shadow, Shadow.State.PROMOTED, ruling.summary)
    except (PromotionError, BundleError) as error:
        run.end(shadow, Shadow.State.FAILED, f"{ruling.summary} But it cannot be promoted: {error}")
    return ruling
