"""Template filters: a photo's tag in words and numbers."""

from typing import NamedTuple

from django import template
from django.utils.translation import gettext as _

from classifier import sentences, wording
from classifier.models import Listing, ListingPhoto, Review
from classifier.review import disagreements, labels
from classifier.taxonomy import TAXONOMY

register = template.Library()


class ConfidenceBar(NamedTuple):
    """One confidence: the class it is for, its share in percent, and that as text."""

    label: str
    width: float
    percent: str


@register.filter
def explanation(photo: ListingPhoto) -> str:
    """Why the photo has no subclass yet, in words."""
    match photo.status:
        case ListingPhoto.Status.PENDING:
            return str(wording.PENDING)
        case ListingPhoto.Status.FAILED:
            return str(wording.FAILED)
    return wording.explain(outcome=photo.outcome, reason=photo.reason, main=photo.main)


@register.filter
def in_words(label: str) -> str:
    """A class or label in the reader's language."""
    return wording.in_words(label)


@register.filter
def failure(error: str) -> str:
    """Return why a photo failed, in the reader's language."""
    return sentences.failure(error)


@register.filter
def kinds(photo: ListingPhoto) -> tuple[str, ...]:
    """The subclasses that come into question."""
    return wording.kinds(outcome=photo.outcome, main=photo.main)


@register.filter
def bars(photo: ListingPhoto) -> list[ConfidenceBar]:
    """Both confidences with the class each is for, also where the decision names none."""
    if photo.scores is None:
        return []
    return [
        _best(photo.scores["main"], decided=photo.main is not None),
        _best(photo.scores["sub"], decided=photo.sub is not None),
    ]


def _best(shares: dict[str, float], *, decided: bool) -> ConfidenceBar:
    label = max(shares, key=shares.__getitem__)
    name = wording.in_words(label)
    if not decided:
        name = _("Closest: %(name)s") % {"name": name}
    return ConfidenceBar(name, round(shares[label] * 100, 1), wording.percent(shares[label]))


@register.filter
def confidence(photo: ListingPhoto) -> str:
    """How sure the model was of the finest class that the tag names."""
    return wording.percent(photo.sub_confidence if photo.sub else photo.main_confidence)


@register.filter
def percent(share: float | None) -> str:
    """A share in percent."""
    return wording.percent(share)


@register.filter
def settled(photo: ListingPhoto) -> Review | None:
    """The moderator's verdict on the photo, if there is one."""
    return labels.final_review(photo)


@register.filter
def disagreement_answered(photo: ListingPhoto) -> bool:
    """Whether a moderator has looked at it since its seller disagreed."""
    return disagreements.is_answered(photo)


@register.filter
def final_words(photo: ListingPhoto) -> str:
    """What a photo ends up as, or where it is on its way."""
    if photo.status == ListingPhoto.Status.CLASSIFIED:
        return wording.in_words(labels.final_label(photo).words)
    return (
        _("Being looked at") if photo.status == ListingPhoto.Status.PENDING else _("Not readable")
    )


@register.filter
def final_label(listing: Listing) -> labels.ListingLabel:
    """What the listing shows, and who says so."""
    return labels.listing_label(listing.photos.all())


@register.simple_tag
def taxonomy() -> list[tuple[str, tuple[str, ...]]]:
    """Main classes with their subclasses, in order."""
    return list(TAXONOMY.items())
