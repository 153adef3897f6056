"""A review's place among the others of its photo, in words for tables."""

from typing import Final

from classifier.models import Review

STATE_COLOURS: Final = {
    "settles": "success", "overruled": "warning", "second": "info",
    "undone": "default", "undo": "default",
}  # fmt: skip


def state(review: Review) -> tuple[str, str]:
    """Return what a review is worth now: a kind that has a colour, and the words."""
    if review.verdict == Review.Verdict.UNDONE:
        return "undo", "undoes"
    if review.voided:
        return "undone", "undone"
    if review.stands:
        return "settles", "settles the photo"
    # Whatever the second one says, the first stands until a third has looked.
    return ("second", "second look") if review.round == 2 else ("overruled", "overruled")


def occasion(review: Review) -> str:
    """Return why the photo was looked at."""
    if review.source == Review.Source.BULK:
        return "from the list"
    looks = {2: "second look", 3: "third look"}
    return looks.get(review.round, "blind sample" if review.sampled else "queue")
