"""A review's state in words, for tables."""

from typing import Final

from django.utils.translation import gettext as _

from classifier.models import Review

STATE_COLOURS: Final = {
    "settles": "success",
    "overruled": "warning",
    "second": "info",
    "undone": "default",
    "undo": "default",
}


def state(review: Review) -> tuple[str, str]:
    """Return a review's state: a key of `STATE_COLOURS`, and the words."""
    if review.verdict == Review.Verdict.UNDONE:
        return "undo", _("undoes")
    if review.voided:
        return "undone", _("undone")
    if review.is_final:
        return "settles", _("settles the photo")
    # Whatever the second one says, the first stands until there is a third.
    return ("second", _("second review")) if review.round == 2 else ("overruled", _("overruled"))
