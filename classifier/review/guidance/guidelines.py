"""The guidelines: for each class a line of text and example photos."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from classifier.models import Guideline, GuidelineExample, ListingPhoto, Review
from classifier.models.moderation.guidance import LABELS
from classifier.review.errors import ReviewError

EXAMPLES_SHOWN: Final = 6
# What is shown until somebody writes a better line.
FIRST_TEXTS: Final = {
    "Dresses": _("One piece from the shoulders to the skirt."),
    "Outerwear": _("Worn over other clothes outdoors: coats, jackets, vests."),
    "Skirts": _("From the waist downwards, without legs."),
    "Boots": _("The shaft covers the ankle, whatever the heel."),
    "Flats": _("Closed at the front, with a low heel or none; no sneakers."),
    "High Heels": _("The heel lifts the foot and the ankle is free; wedges count."),
    "Clutches": _("Held in the hand; a strap, if there is one, is not what it is carried by."),
    "Shoulder Bags": _("Carried by one strap, on the shoulder or across the body."),
    "Tote Bags": _("Large, open or nearly so at the top, with two handles."),
    "Clothing": _("Clothing of another kind, such as tops and trousers, or the kind is not seen."),
    "Shoes": _("Shoes of another kind, such as sneakers and slippers, or the kind is not seen."),
    "Bags": _("A bag of another kind, such as backpacks, or the kind is not seen."),
    Review.Verdict.NOT_OURS.value: _("Neither clothing, shoes nor a bag is for sale here."),
    Review.Verdict.BAD_PHOTO.value: _("Nobody could tell from this photo what it is."),
}


class NotSettledError(ReviewError):
    def __init__(self, photo: ListingPhoto) -> None:
        words = _("%(photo)s is not settled; only settled photos can be shown to others.")
        super().__init__(words % {"photo": photo})


@dataclass(frozen=True, slots=True)
class GuidelineCard:
    """One class as the queue's page shows it."""

    label: str
    name: str
    text: str
    examples: list[int]


def label_of(review: Review) -> str:
    """Return the label of `LABELS` that a verdict stands for."""
    return review.sub or review.main or review.verdict


def guideline_cards() -> list[GuidelineCard]:
    """Return the guideline of every class, in order; without a row its first text."""
    rows = {row.label: row for row in Guideline.objects.prefetch_related("examples__photo")}
    cards = []
    for label, name in LABELS:
        row = rows.get(label)
        text = row.text if row else str(FIRST_TEXTS[label])
        cards.append(GuidelineCard(label, str(name), text, _shown(row) if row else []))
    return cards


def _shown(row: Guideline) -> list[int]:
    there = [each.photo_id for each in row.examples.all() if each.photo.deleted_at is None]
    return there[:EXAMPLES_SHOWN]


def card_of(review: Review) -> GuidelineCard:
    """Return the guideline of the class that a verdict names."""
    return next(card for card in guideline_cards() if card.label == label_of(review))


def settled(photo: ListingPhoto) -> Review:
    """Return the review that settles a photo.

    Raises:
        NotSettledError: if there is none.
    """
    review = Review.objects.final().filter(photo=photo).first()
    if review is None:
        raise NotSettledError(photo)
    return review


def use_as_example(photo: ListingPhoto) -> GuidelineExample:
    """Make a settled photo an example of its class; of another one it is none any more.

    Raises:
        NotSettledError: if nobody has settled it.
    """
    label = label_of(settled(photo))
    with transaction.atomic():
        row, _made = Guideline.objects.get_or_create(
            label=label, defaults={"text": str(FIRST_TEXTS[label])}
        )
        example, _made = GuidelineExample.objects.update_or_create(
            photo=photo, defaults={"guideline": row}
        )
        return example
