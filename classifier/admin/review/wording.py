"""A review's state and occasion in words, for tables."""

from typing import Final

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
        return "undo", "undoes"
    if review.voided:
        return "undone", "undone"
    if review.is_final:
        return "settles", "settles the photo"
    # Whatever the second one says, the first stands until there is a third.
    return ("second", "second review") if review.round == 2 else ("overruled", "overruled")


def occasion(review: Review) -> str:
    """Return why the photo was reviewed."""
    if review.source == Review.Source.BULK:
        return "from the list"
    if review.source == Review.Source.DIRECT:
        return "chosen by the moderator"
    later = {2: "second review", 3: "third review"}
    return later.get(review.round, "blind sample" if review.sampled else "queue")
