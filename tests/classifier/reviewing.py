"""Moderators at work in a test: one verdict at a time, through the services or the endpoints."""

from typing import Final

from django.contrib.auth.models import User
from django.test import Client

from classifier.models import QueueItem, Review
from classifier.review import verdicts
from classifier.review.queue import claims
from classifier.review.verdicts import Verdict
from tests.tagged_photos import MODERATOR_RIGHTS

BOOTS: Final = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Boots")
FLATS: Final = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Flats")
BAD: Final = Verdict(Review.Verdict.BAD_PHOTO)
EVERYTHING: Final = (*MODERATOR_RIGHTS, "view_quality", "export_labels")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(moderator: User) -> QueueItem:
    """Return what the queue shows this moderator next; there must be something."""
    item = claims.claim_next(moderator=moderator)
    assert item is not None
    return item


def record(moderator: User, item: QueueItem, verdict: Verdict = BOOTS) -> Review:
    assert item.claim is not None
    return verdicts.record_verdict(
        moderator=moderator, item=item.pk, claim=item.claim, verdict=verdict, seconds=1.5
    )


def review(moderator: User, verdict: Verdict = BOOTS) -> Review:
    """Let a moderator settle whatever comes next."""
    return record(moderator, shown(moderator), verdict)
