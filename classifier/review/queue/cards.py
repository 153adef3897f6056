"""A queued photo as JSON values for the queue page."""

from typing import Any, Final

from classifier.decision import Reason
from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review.queue.informative import top_classes
from classifier.taxonomy import MAIN_OF, label_path
from classifier.wording import percent

# As many as one upload may bring.
OTHERS_SHOWN: Final = 24
GUESSES_SHOWN: Final = 3

_WHY: Final = {
    Reason.MAIN_BELOW_THRESHOLD: "It is not sure of the main class",
    Reason.SUB_BELOW_THRESHOLD: "It is not sure of the kind",
    Reason.SUB_OUTSIDE_MAIN: (
        "Its best subclass belongs to another main class than its best main class"
    ),
    Reason.OUT_OF_DISTRIBUTION: "It looks like none of our goods",
}


def card(item: QueueItem) -> dict[str, Any]:
    """Return one photo as the page shows it; without the model's tag where the review is blind."""
    photo = item.photo
    others = ListingPhoto.objects.filter(listing=photo.listing_id).exclude(pk=photo.pk)
    return {
        "item": item.pk,
        "claim": str(item.claim),
        "photo": photo.pk,
        "name": photo.original_name,
        "width": photo.width,
        "height": photo.height,
        "listing": photo.listing.pk,
        "title": str(photo.listing),
        "others": list(others.order_by("id").values_list("pk", flat=True)[:OTHERS_SHOWN]),
        "since": item.queued_at.isoformat(),
        "round": item.round,
        "blind": item.blind,
        "suggestion": photo.suggestion.label if hasattr(photo, "suggestion") else "",
        **({} if item.blind else _prediction(photo)),
    }


def _prediction(photo: ListingPhoto) -> dict[str, Any]:
    guesses = top_classes(photo.scores["sub"], GUESSES_SHOWN) if photo.scores else []
    return {
        "tag": photo.label,
        "model": str(photo.model_version),
        "why": why(photo),
        "main": [
            {"label": label, "share": share, "percent": percent(share)}
            for label, share in (top_classes(photo.scores["main"], 1) if photo.scores else [])
        ],
        "guesses": [
            {"label": label, "main": MAIN_OF[label], "share": share, "percent": percent(share)}
            for label, share in guesses
        ],
    }


def why(photo: ListingPhoto) -> str:
    """Return in words why the photo waits for a moderator, with the numbers behind it."""
    if photo.reason is None:
        return "The model is sure of this one."
    reason = Reason(photo.reason)
    numbers = {
        reason.MAIN_BELOW_THRESHOLD: photo.main_confidence,
        reason.SUB_BELOW_THRESHOLD: photo.sub_confidence,
        reason.OUT_OF_DISTRIBUTION: photo.scores["novelty"] if photo.scores else None,
    }
    number = percent(numbers.get(reason))
    return f"{_WHY[reason]} ({number})." if number else f"{_WHY[reason]}."


def answer_to_verdict(review: Review) -> dict[str, Any]:
    """Return what the page tells after a verdict; after a blind one also the model's tag."""
    prediction = (
        label_path(review.predicted_main, review.predicted_sub) if review.predicted_outcome else ""
    )
    return {
        "review": review.pk,
        "label": review.label,
        "model_tag": prediction if review.blind else "",
    }
