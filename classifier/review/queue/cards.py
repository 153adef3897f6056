"""A queued photo as JSON values for the queue page."""

from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from classifier.decision import Outcome, Reason
from classifier.models import ListingPhoto, QueueItem, Review
from classifier.review.pooling import contradicts
from classifier.review.queue.informative import ClassShare, top_classes
from classifier.taxonomy import MAIN_OF, label_path
from classifier.wording import in_words, percent

# As many as one upload may bring.
OTHERS_SHOWN: Final = 24
PREDICTIONS_SHOWN: Final = 3

_WHY: Final = {
    Reason.MAIN_BELOW_THRESHOLD: gettext_noop("It is not sure of the main class"),
    Reason.SUB_BELOW_THRESHOLD: gettext_noop("It is not sure of the kind"),
    Reason.SUB_OUTSIDE_MAIN: gettext_noop(
        "Its best subclass belongs to another main class than its best main class"
    ),
    Reason.OUT_OF_DISTRIBUTION: gettext_noop("It looks like none of our goods"),
}


def card(item: QueueItem) -> dict[str, Any]:
    """Return one photo as the page shows it; without the model's tag where the review is blind."""
    return {
        "item": item.pk,
        "claim": str(item.claim),
        "queued_at": item.queued_at.isoformat(),
        "round": item.round,
        "blind": item.blind,
        **_about(item.photo, blind=item.blind, moderator=item.holder_id),
        **({} if item.blind else _prediction(item.photo)),
    }


def chosen_card(photo: ListingPhoto, *, settled: Review | None, key: UUID) -> dict[str, Any]:
    """Return a photo that a moderator chose, and how it is settled; ``key`` names this showing."""
    return {
        "item": f"photo-{photo.pk}",
        "claim": str(key),
        "chosen": True,
        "seen": settled.pk if settled else None,
        "settled": _settled(settled) if settled else "",
        "round": 1,
        "blind": False,
        **_about(photo, blind=False),
        **_prediction(photo),
    }


def golden_card(photo: ListingPhoto, *, key: UUID) -> dict[str, Any]:
    """Return a photo to practise on, without what is known of it."""
    return {
        "item": f"practice-{photo.pk}",
        "claim": str(key),
        "practice": True,
        "round": 1,
        "blind": True,
        **_about(photo, blind=True),
    }


def _settled(review: Review) -> str:
    day = date_format(timezone.localtime(review.at), "DATE_FORMAT")
    words = {"label": in_words(review.label), "who": review.moderator, "day": day}
    return _("Settled as %(label)s by %(who)s on %(day)s") % words


def _about(photo: ListingPhoto, *, blind: bool, moderator: int | None = None) -> dict[str, Any]:
    others = photo.listing.photos.present().exclude(pk=photo.pk)
    rows = list(others.values_list("pk", "main", "sub")[:OTHERS_SHOWN])
    return {
        "photo": photo.pk,
        "name": photo.original_name,
        "width": photo.width,
        "height": photo.height,
        "listing": photo.listing.pk,
        "title": str(photo.listing),
        "others": [number for number, *_ in rows],
        "suggestion": in_words(photo.suggestion.label) if hasattr(photo, "suggestion") else "",
        "disagreement": "" if blind else _disagreement(photo, moderator),
        "contradiction": "" if blind else _contradiction(photo, rows),
    }


def _disagreement(photo: ListingPhoto, moderator: int | None) -> str:
    """Return what the seller says against the verdict that stands, and whether it is one's own."""
    if not hasattr(photo, "disagreement"):
        return ""
    row = photo.disagreement
    words = {"verdict": in_words(row.review.label), "label": in_words(row.label)}
    sentence = (
        _("The seller disagrees with %(verdict)s and says: %(label)s.")
        if row.label
        else _("The seller disagrees with %(verdict)s.")
    ) % words
    own = _("It is your own verdict: nobody else could look at it.")
    parts = [sentence, f"“{row.note}”" if row.note else ""]
    return " ".join(filter(None, [*parts, own if row.review.moderator_id == moderator else ""]))


def _contradiction(photo: ListingPhoto, others: list[tuple[int, str | None, str | None]]) -> str:
    """Return what the model is sure of in the listing's other photos, where that contradicts."""
    named = (photo.main, photo.sub)
    labels = {
        in_words(label_path(main, sub))
        for _number, main, sub in others
        if contradicts([named, (main, sub)])
    }
    if not labels:
        return ""
    sentence = _("Two things in one listing? Other photos look like %(labels)s.")
    return sentence % {"labels": ", ".join(sorted(labels))}


def _prediction(photo: ListingPhoto) -> dict[str, Any]:
    predictions = top_classes(photo.scores["sub"], PREDICTIONS_SHOWN) if photo.scores else []
    return {
        "tag": in_words(photo.label),
        "confirms": _confirms(photo),
        "likeliest": [_subclass(predicted) for predicted in _likeliest(photo)],
        "model": str(photo.model_version),
        "why": why(photo),
        "main": [
            {"label": in_words(label), "share": share, "percent": percent(share)}
            for label, share in (top_classes(photo.scores["main"], 1) if photo.scores else [])
        ],
        "predictions": [
            {
                "label": in_words(label),
                "main": MAIN_OF[label],
                "share": share,
                "percent": percent(share),
            }
            for label, share in predictions
        ],
    }


def _confirms(photo: ListingPhoto) -> dict[str, str] | None:
    """Return the verdict that says the same as the tag; None while there is no tag."""
    match photo.outcome:
        case Outcome.SUBCLASS:
            return {"verdict": "subclass", "main": photo.main or "", "sub": photo.sub or ""}
        case Outcome.MAIN_CLASS:
            return {"verdict": "main_class", "main": photo.main or "", "sub": ""}
        case Outcome.UNKNOWN:
            return {"verdict": "not_ours", "main": "", "sub": ""}
    return None


def _likeliest(photo: ListingPhoto) -> list[ClassShare]:
    """Return the two likeliest subclasses where the model is not sure of one.

    Of the main class where it is sure of that: a second prediction of another contradicts the tag.
    """
    if not photo.scores or photo.outcome == Outcome.SUBCLASS:
        return []
    shares = {
        sub: share
        for sub, share in photo.scores["sub"].items()
        if photo.main in (None, MAIN_OF[sub])
    }
    return top_classes(shares, 2)


def _subclass(predicted: ClassShare) -> dict[str, Any]:
    return {
        "verdict": "subclass",
        "main": MAIN_OF[predicted.label],
        "sub": predicted.label,
        "percent": percent(predicted.share),
    }


def why(photo: ListingPhoto) -> str:
    """Return in words why the photo waits for a moderator, with the numbers behind it."""
    if photo.reason is None:
        return _("The model is sure of this one.")
    reason = Reason(photo.reason)
    numbers = {
        reason.MAIN_BELOW_THRESHOLD: photo.main_confidence,
        reason.SUB_BELOW_THRESHOLD: photo.sub_confidence,
        reason.OUT_OF_DISTRIBUTION: photo.scores["novelty"] if photo.scores else None,
    }
    number = percent(numbers.get(reason))
    words = _(_WHY[reason])
    return f"{words} ({number})." if number else f"{words}."


def answer_to_verdict(review: Review) -> dict[str, Any]:
    """Return what the page tells after a verdict; after a blind one also the model's tag."""
    prediction = (
        label_path(review.predicted_main, review.predicted_sub) if review.predicted_outcome else ""
    )
    return {
        "review": review.pk,
        "label": in_words(review.label),
        "model_tag": in_words(prediction) if review.blind else "",
    }
