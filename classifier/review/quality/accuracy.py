"""How often the model's confident tags are right, by what moderators said of them."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, When

from classifier.models import ListingPhoto, ModelVersion, Review
from classifier.models.queries.row_counts import Sums, sums_by
from classifier.models.reviews import ReviewQuerySet
from classifier.review.quality.agreement import Share, share, weighted_share

# A person chose these photos, so they say nothing of the others.
CHOSEN = (Review.Source.DIRECT, Review.Source.DISAGREED)
# So many fix a share to within a point, and more take longer to read.
COUNTED: Final = 5_000
_MODEL_RIGHT = Q(verdict="subclass", main=F("predicted_main"), sub=F("predicted_sub"))


def _of_confident_tags(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """Those of confident tags; a photo that shows nothing to judge is no mistake."""
    tagged = reviews.filter(predicted_outcome="subclass")
    return tagged.exclude(verdict=Review.Verdict.BAD_PHOTO)


def _counted(reviews: ReviewQuerySet, by: str) -> Sums:
    """Return by a column how many of the model's tags were right, and how many there were.

    Of the newest `COUNTED`, so that no history makes a figure slow.
    """
    is_right = Case(When(_MODEL_RIGHT, then=1), default=0)
    return sums_by(reviews.order_by("-id"), by, is_right, COUNTED)


def unbiased_accuracy(of: ModelVersion | None = None) -> Share | None:
    """Return how often a confident tag is right, from the blind random sample.

    Of one version's tags where it is named, else of all versions' together.

    Only blind verdicts of the queue count: what was confirmed with the prediction in view, or
    chosen by somebody, would flatter the model. Each is weighted by its sampling probability,
    so that a ``REVIEW_SAMPLE_SHARE`` that was changed does not favour the days of the larger
    one. Of more than `COUNTED` verdicts the newest count.
    """
    # Final reviews are verdicts; to say so again would read the rows beside the index.
    final = _sampled(Review.objects.final(), of)
    overruled = _overruled_directly(_sampled(Review.objects.verdicts(), of))
    # Rows from before the probability was stored count with today's.
    today = settings.REVIEW_SAMPLE_SHARE or 1.0
    return weighted_share(
        (right, count, probability or today)
        for counted in (final, overruled)
        for probability, (right, count) in _counted(counted, "sampling_share").items()
    )


def _sampled(reviews: ReviewQuerySet, of: ModelVersion | None) -> ReviewQuerySet:
    sampled = reviews.filter(sampled=True, blind=True, source=Review.Source.QUEUE)
    if of is not None:
        sampled = sampled.filter(model_version=of)
    return _of_confident_tags(sampled)


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
    shares = [
        (sub or "", share(count - right, count))
        for sub, (right, count) in sorted(_counted(confident, "predicted_sub").items())
    ]
    return [(sub, rate) for sub, rate in shares if rate is not None]


def seller_acceptance(since: datetime) -> Share | None:
    """Return how many subclass tags their sellers saw and did not correct; None without tags.

    Sellers correct what bothers them, so this is no accuracy: it lies above it. But it is there
    for every photo at once, without a moderator.

    Args:
        since: of tags given, and corrections made, from then on.
    """
    tagged = ListingPhoto.objects.filter(
        status=ListingPhoto.Status.CLASSIFIED,
        outcome="subclass",
        classified_at__gte=since,
    )
    # Suggestions without a subclass say that the tag's is not right.
    other = Q(suggestion__sub__isnull=True) | ~Q(suggestion__sub=F("sub"))
    corrected = tagged.filter(other, suggestion__at__gte=since).count()
    count = tagged.count()
    return share(count - corrected, count)
