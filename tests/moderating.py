"""A moderator as a process of their own: ``python -m tests.moderating NAME``.

Takes photo after photo until every one is settled. Holds two at a time, as the page does, and now
and then undoes, skips, or sends a verdict twice.
"""

import os
import random
import sys
import time
from typing import TYPE_CHECKING
from uuid import UUID

import django

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from classifier.models import QueueItem


def main(name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slowfashion_ai.settings")
    django.setup()
    from django.contrib.auth.models import User

    from classifier.models import QueueItem
    from classifier.review.queue import claims

    rng = random.Random(name)  # noqa: S311  # no secret
    moderator = User.objects.get(username=name)
    on_screen: list[QueueItem] = []
    while QueueItem.objects.filter(is_open=True).exists():
        while len(on_screen) < 2 and (item := claims.claim_next(moderator=moderator)) is not None:
            on_screen.append(item)
        if not on_screen:
            claims.show_skipped_again(moderator=moderator)
            time.sleep(0.05)
            continue
        _review(on_screen.pop(0), moderator, rng)


def _review(item: "QueueItem", moderator: "User", rng: random.Random) -> None:
    from classifier.models import Review
    from classifier.review import verdicts
    from classifier.review.errors import ConflictError
    from classifier.review.queue import claims

    assert isinstance(item.claim, UUID)
    if rng.random() < 0.05:
        claims.skip(moderator=moderator, claim=item.claim)
        return
    verdict = verdicts.Verdict(rng.choice([Review.Verdict.NOT_OURS, Review.Verdict.BAD_PHOTO]))
    try:
        for _ in range(1 + (rng.random() < 0.1)):
            review = verdicts.record_verdict(
                moderator=moderator, item=item.pk, claim=item.claim, verdict=verdict, seconds=0.1
            )
    except ConflictError:
        return
    if rng.random() < 0.03:
        again = verdicts.undo(moderator=moderator, review=review.pk)
        if again is not None:
            _review(again, moderator, rng)


if __name__ == "__main__":
    main(sys.argv[1])
