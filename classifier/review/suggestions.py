"""A seller's correction: stored beside the tag, shown to moderators, never truth."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from classifier.models import ListingPhoto, QueueItem, Review, Suggestion
from classifier.review.queue import enqueue
from classifier.taxonomy import TAXONOMY


class SuggestionError(Exception):
    """The correction cannot be taken; the message is for the seller."""


def suggest(*, seller: User, photo: ListingPhoto, main: str, sub: str | None) -> Suggestion:
    """Store what the seller says; a photo nobody has settled then waits for a moderator.

    Raises:
        SuggestionError: if the labels are none of ours, or a moderator has settled the photo.
    """
    if main not in TAXONOMY or (sub is not None and sub not in TAXONOMY[main]):
        raise SuggestionError(_("Please choose one of the kinds in the list."))
    if photo.status != ListingPhoto.Status.CLASSIFIED:
        raise SuggestionError(_("Please wait until this photo has its tag."))
    with transaction.atomic():
        # The same lock that a verdict takes, where there is one.
        list(QueueItem.objects.select_for_update().filter(photo=photo))
        if Review.objects.final().filter(photo=photo).exists():
            raise SuggestionError(_("A moderator has settled this photo, so its tag stays."))
        suggestion, _made = Suggestion.objects.update_or_create(
            photo=photo, defaults={"seller": seller, "main": main, "sub": sub}
        )
        if (main, sub) != (photo.main, photo.sub):
            enqueue.ask_for([photo])
        return suggestion
