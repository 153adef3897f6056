"""How often the model's confident tags are right, by what moderators said of them."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q

from classifier.models import ListingPhoto, ModelVersion, Review
from classifier.models.reviews import ReviewQuerySet
from classifier.review.quality.agreement import Share, share, weighted_share

# A person chose these photos, so they say nothing of the others.
CHOSEN = (Review.Source.DIRECT, Review.Source.DISAGREED)
# So many fix a share to within a point, and more take longer to read.
COUNTED: Final = 10_000
_MODEL_RIGHT = Q(verdict="subclass", main=F("predicted_main"), sub=F("predicted_sub"))


def _of_confident_tags(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """Those of confident tags; a photo that shows nothing to judge is no mistake."""
    tagged = reviews.filter(predicted_outcome="subclass")
    return tagged.exclude(verdict=Review.Verdict.BAD_PHOTO)


def _newest(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """Return the newest `COUNTED` of them at most, so that no history makes a figure slow."""
    return Review.objects.filter(pk__in=reviews.order_by("-id").values("pk")[:COUNTED])


def unbiased_accuracy(of: ModelVersion | None = None) -> Share | None:
    """Return how often a confident tag is right, from the blind random sample.

    Of one version's tags where it is named, else of all versions' together.

    Only blind verdicts of the queue count: what was confirmed with the prediction in view, or
    chosen by somebody, would flatter the model. Each is weighted by its sampling probability,
    so that a ``REVIEW_SAMPLE_SHARE`` that was changed does not favour the days of the larger
    one. Of more than `COUNTED` verdicts the newest count.
    """
    sampled = _of_confident_tags(Review.objects.verdicts()).filter(
        sampled=True, blind=True, source=Review.Source.QUEUE
    )
    if of is not None:
        sampled = sampled.filter(model_version=of)
    # Rows from before the probability was stored count with today's.
    today = settings.REVIEW_SAMPLE_SHARE or 1.0
    return weighted_share(
        (row["right"], row["count"], row["sampling_share"] or today)
        for reviews in (sampled.filter(is_final=True), _overruled_directly(sampled))
        for row in _newest(reviews)
        .values("sampling_share")
        .annotate(right=Count("pk", filter=_MODEL_RIGHT), count=Count("pk"))
        .order_by("sampling_share")
    )


def _overruled_directly(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """Return what would be final, had nobody chosen these photos: the sample keeps them."""
    direct = Review.objects.final().filter(round__gte=Review.FIRST_DIRECT_ROUND)
    third = Review.objects.verdicts().filter(photo=OuterRef("photo"), round=3)
    chosen = reviews.filter(photo__in=direct.values("photo"))
    return chosen.filter(Q(round=3) | (Q(round=1) & ~Exists(third)))


def override_rates() -> list[tuple[str, Share]]:
    """Return per subclass how often moderators overruled the model's confident tag.

    Of more than `COUNTED` such reviews the newest count.
    """
    confident = _of_confident_tags(Review.objects.final().exclude(source__in=CHOSEN))
    rows = (
        _newest(confident)
        .values("predicted_sub")
        .annotate(count=Count("pk"), right=Count("pk", filter=_MODEL_RIGHT))
        .order_by("predicted_sub")
    )
    shares = [
        (row["predicted_sub"] or "", share(row["count"] - row["right"], row["count"]))
        for row in rows
    ]
    return [(sub, rate) for sub, rate in shares if rate is not None]


def seller_acceptance(since: datetime) -> Share | None:
    """Return how many subclass tags their sellers saw and did not correct; None without tags.

    Sellers correct what bothers them, so this is no accuracy: it lies above it. But it is there
    for every photo at once, without a moderator.

    Args:
        since: of tags given from then on.
    """
    tagged = ListingPhoto.objects.filter(
        status=ListingPhoto.Status.CLASSIFIED,
        outcome="subclass",
        classified_at__gte=since,
    )
    # Suggestions without a subclass say that the tag's is not right.
    other = Q(suggestion__sub__isnull=True) | ~Q(suggestion__sub=F("sub"))
    corrected = tagged.filter(other, suggestion__isnull=False).count()
    count = tagged.count()
    return share(count - corrected, count)
