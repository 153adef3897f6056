"""The label a photo or a listing ends up with, and who it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from classifier.decision import Outcome
from classifier.models import Listing, ListingPhoto, Review, Suggestion
from classifier.taxonomy import UNKNOWN_LABEL, label_path


class LabelSource(StrEnum):
    """Who a final label comes from."""

    MODERATOR = "moderator"
    MODEL = "model"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class FinalLabel:
    """``main`` and ``sub`` are None where nobody named one."""

    main: str | None
    sub: str | None
    source: LabelSource | None
    words: str

    @property
    def depth(self) -> int:
        """Return 0 without a class, 1 with a main class, 2 with a subclass."""
        return (self.main is not None) + (self.sub is not None)


NO_LABEL = FinalLabel(None, None, None, "")


def with_label_parts(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """Prefetch all that labels are made of: photos, final reviews, sellers' suggestions.

    Photos that were removed are left out; the cover is the first.
    """
    present = Prefetch("photos", queryset=ListingPhoto.objects.present())
    settled = Prefetch("photos__reviews", queryset=Review.objects.final())
    return listings.prefetch_related(present, "photos__suggestion", settled)


def final_review(photo: ListingPhoto) -> Review | None:
    """Return the review that settles a photo; reads no row when ``reviews`` is prefetched."""
    return next((review for review in photo.reviews.all() if review.is_final), None)


def final_label(photo: ListingPhoto) -> FinalLabel:
    """Return a photo's label: a moderator's, else the model's, else the seller's.

    A seller's word fills in where the model fell back; a tag the model is sure of stays until a
    moderator has reviewed it.
    """
    review = final_review(photo)
    if review is not None:
        return FinalLabel(review.main, review.sub, LabelSource.MODERATOR, review.label)
    if photo.outcome == Outcome.SUBCLASS:
        return FinalLabel(photo.main, photo.sub, LabelSource.MODEL, photo.label)
    suggestion: Suggestion | None = getattr(photo, "suggestion", None)
    if suggestion is not None:
        return FinalLabel(suggestion.main, suggestion.sub, LabelSource.SELLER, suggestion.label)
    if photo.outcome is None:
        return NO_LABEL
    return FinalLabel(photo.main, photo.sub, LabelSource.MODEL, photo.label)


def listing_label(photos: Iterable[ListingPhoto]) -> FinalLabel:
    """Return the label of a listing from its photos: the best source, then the finest label."""
    order = [LabelSource.MODERATOR, LabelSource.MODEL, LabelSource.SELLER]
    labelled = [label for label in map(final_label, photos) if label.source is not None]
    named = [label for label in labelled if label.main is not None]
    if not named:
        if not labelled:
            return NO_LABEL
        return FinalLabel(None, None, labelled[0].source, UNKNOWN_LABEL)
    best = min(
        named, key=lambda label: (order.index(label.source or LabelSource.SELLER), -label.depth)
    )
    return FinalLabel(best.main, best.sub, best.source, label_path(best.main, best.sub))
