"""What the screen shows of a photo in the queue, as plain values for JSON."""

from typing import Any, Final

from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review.queue.informative import best_guesses
from classifier.taxonomy import MAIN_OF, label_path
from classifier.wording import percent

# As many as one upload may bring.
OTHERS_SHOWN: Final = 24
GUESSES_SHOWN: Final = 3

_WHY: Final = {
    ListingPhoto.ReasonChoice.MAIN_BELOW_THRESHOLD: "It is not sure of the main class",
    ListingPhoto.ReasonChoice.SUB_BELOW_THRESHOLD: "It is not sure of the kind",
    ListingPhoto.ReasonChoice.SUB_OUTSIDE_MAIN: (
        "Its best subclass belongs to another main class than its best main class"
    ),
    ListingPhoto.ReasonChoice.OUT_OF_DISTRIBUTION: "It looks like none of our goods",
}


def card(item: QueueItem) -> dict[str, Any]:
    """Return one photo as the page shows it; what the model said is left out where it is blind."""
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
        "since": item.since.isoformat(),
        "round": item.round,
        "blind": item.blind,
        "suggestion": photo.suggestion.label if hasattr(photo, "suggestion") else "",
        **({} if item.blind else _said(photo)),
    }


def _said(photo: ListingPhoto) -> dict[str, Any]:
    guesses = best_guesses(photo.scores["sub"], GUESSES_SHOWN) if photo.scores else []
    return {
        "tag": photo.label,
        "model": str(photo.model_version),
        "why": why(photo),
        "main": [
            {"label": label, "share": share, "percent": percent(share)}
            for label, share in (best_guesses(photo.scores["main"], 1) if photo.scores else [])
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
    reason = ListingPhoto.ReasonChoice(photo.reason)
    numbers = {
        reason.MAIN_BELOW_THRESHOLD: photo.main_confidence,
        reason.SUB_BELOW_THRESHOLD: photo.sub_confidence,
        reason.OUT_OF_DISTRIBUTION: photo.scores["novelty"] if photo.scores else None,
    }
    number = percent(numbers.get(reason))
    return f"{_WHY[reason]} ({number})." if number else f"{_WHY[reason]}."


def outcome_of(review: Review) -> dict[str, Any]:
    """Return what the page tells after a verdict; a blind one now learns what the model said."""
    said = label_path(review.said_main, review.said_sub) if review.said_outcome else ""
    return {"review": review.pk, "label": review.label, "said": said if review.blind else ""}
