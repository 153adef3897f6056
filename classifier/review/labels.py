"""The label a photo or a listing ends up with, and who it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from classifier.decision import Decision, Outcome, Reason, Scores, Thresholds
from classifier.models import Listing, ListingPhoto, Review, Suggestion
from classifier.review import pooling
from classifier.review.pooling import ListingDecision, decide_listing
from classifier.taxonomy import label_path


class LabelSource(StrEnum):
    """Who a final label comes from."""

    MODERATOR = "moderator"
    MODEL = "model"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class FinalLabel:
    """The classes are None where nobody named one, the confidence where it was not the model."""

    main: str | None
    sub: str | None
    source: LabelSource | None
    words: str
    confidence: float | None = None


NO_LABEL = FinalLabel(None, None, None, "")


def with_label_parts(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """Prefetch all that labels are made of: photos, final reviews, sellers' suggestions.

    Photos that were removed are left out; the cover is the first.
    """
    present = Prefetch("photos", ListingPhoto.objects.present().select_related("disagreement"))
    settled = Prefetch("photos__reviews", queryset=Review.objects.final())
    return listings.prefetch_related(
        present,
        "photos__suggestion",
        # All at once, by numbers that lie together: joined to photos, each is looked for alone.
        "photos__queue_item",
        "photos__model_version",
        settled,
    )


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
        return _of_model(photo)
    suggestion: Suggestion | None = getattr(photo, "suggestion", None)
    if suggestion is not None:
        return FinalLabel(suggestion.main, suggestion.sub, LabelSource.SELLER, suggestion.label)
    if photo.outcome is None:
        return NO_LABEL
    return _of_model(photo)


def _of_model(photo: ListingPhoto) -> FinalLabel:
    confidence = photo.sub_confidence if photo.sub else photo.main_confidence
    return FinalLabel(photo.main, photo.sub, LabelSource.MODEL, photo.label, confidence)


@dataclass(frozen=True, slots=True)
class ListingLabel:
    """The one label of a listing.

    Attributes:
        label: what its photos say together, and who it comes from.
        is_contradictory: its photos seem to show different pieces.
    """

    label: FinalLabel
    is_contradictory: bool = False


def listing_label(photos: Iterable[ListingPhoto]) -> ListingLabel:
    """Return the label of a listing: its moderators', else the pooled model's, else its seller's.

    A seller's word fills in where the model has no subclass, as for a photo.
    """
    rows = list(photos)
    settled = [review for review in map(final_review, rows) if review is not None]
    named: list[tuple[str | None, str | None]] = [
        (review.main, review.sub) for review in settled if review.main is not None
    ]
    if named:
        main, sub = _shared(named)
        words = label_path(main, sub) if main else ""
        label = FinalLabel(main, sub, LabelSource.MODERATOR, words)
        return ListingLabel(label, pooling.contradicts(named))
    if rows and len(settled) == len(rows):
        return ListingLabel(FinalLabel(None, None, LabelSource.MODERATOR, settled[0].label))
    decision = pooled_decision(rows)
    if decision is None:
        return ListingLabel(NO_LABEL)
    suggestions = [photo.suggestion for photo in rows if hasattr(photo, "suggestion")]
    if suggestions and decision.sub is None and not decision.is_contradictory:
        word = max(suggestions, key=lambda suggestion: (suggestion.sub is not None, suggestion.at))
        return ListingLabel(FinalLabel(word.main, word.sub, LabelSource.SELLER, word.label))
    words = label_path(decision.main, decision.sub)
    label = FinalLabel(
        decision.main, decision.sub, LabelSource.MODEL, words, confidence=decision.confidence
    )
    return ListingLabel(label, decision.is_contradictory)


def _shared(named: list[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
    """Return the finest label that agrees with every one of these."""
    mains = {main for main, _ in named}
    subs = {sub for _, sub in named if sub is not None}
    main = mains.pop() if len(mains) == 1 else None
    return main, subs.pop() if main and len(subs) == 1 else None


def pooled_decision(photos: Iterable[ListingPhoto]) -> ListingDecision | None:
    """Return what the model says of a listing's photos together; None while it says nothing.

    The thresholds are those of the version that tagged the latest photo.
    """
    tagged = [photo for photo in photos if photo.outcome is not None and photo.scores]
    if not tagged:
        return None
    latest = max(tagged, key=lambda photo: (photo.classified_at or photo.created_at, photo.pk))
    thresholds = latest.model_version.thresholds if latest.model_version else Thresholds()
    return decide_listing([(scores_of(photo), decision_of(photo)) for photo in tagged], thresholds)


def scores_of(photo: ListingPhoto) -> Scores:
    """Return the stored scores of a tagged photo."""
    return Scores(**(photo.scores or {}))


def decision_of(photo: ListingPhoto) -> Decision:
    """Return the stored decision of a tagged photo."""
    return Decision(
        Outcome(photo.outcome or Outcome.UNKNOWN),
        photo.main,
        photo.sub,
        photo.main_confidence or 0.0,
        photo.sub_confidence or 0.0,
        Reason(photo.reason) if photo.reason else None,
    )
