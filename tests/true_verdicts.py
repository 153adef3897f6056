"""Verdicts of a moderator who knows what every photo shows."""

from collections.abc import Mapping

from django.contrib.auth.models import User

from classifier.models import Review
from classifier.review import verdicts
from classifier.review.queue import claims

# Main class and subclass; None where a photo shows neither.
Label = tuple[str | None, str | None]


def verdict_for(main: str | None, sub: str | None) -> verdicts.Verdict:
    """Return the verdict of a moderator who knows what a photo shows."""
    if main is None:
        return verdicts.Verdict(Review.Verdict.NOT_OURS)
    kind = Review.Verdict.SUBCLASS if sub else Review.Verdict.MAIN_CLASS
    return verdicts.Verdict(kind, main, sub)


def settle_all(truth: Mapping[int, Label], *, moderator: User) -> None:
    """Settle whatever waits in the review queue, photo by photo; ``truth`` is by their numbers."""
    while (item := claims.claim_next(moderator=moderator)) is not None:
        assert item.claim is not None
        verdicts.record_verdict(
            moderator=moderator,
            item=item.pk,
            claim=item.claim,
            verdict=verdict_for(*truth[item.photo_id]),
            seconds=1.0,
        )
