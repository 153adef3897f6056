"""Retrainings, the reviews they learn from, and who asks for them."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import User
from django.utils import timezone

from classifier import retraining
from classifier.models import DatasetReview, ListingPhoto, ModelVersion, RetrainRun, Review
from tests.rows import pending_photos

COMMAND, ADMIN = RetrainRun.Trigger.COMMAND, RetrainRun.Trigger.ADMIN
GATE, NEVER = RetrainRun.Policy.GATE, RetrainRun.Policy.NEVER
COLLECT, TRAIN = RetrainRun.Stage.COLLECT, RetrainRun.Stage.TRAIN
REJECTED = RetrainRun.Verdict.REJECTED


def ask(**changes: object) -> RetrainRun:
    return retraining.request(**({"trigger": COMMAND, "policy": GATE} | changes))  # type: ignore[arg-type]  # one of the fields' values


def fresh(run: RetrainRun) -> RetrainRun:
    return RetrainRun.objects.get(pk=run.pk)


def die(run: RetrainRun) -> None:
    """What a kill leaves behind, once the lease is over."""
    RetrainRun.objects.filter(pk=run.pk).update(alive_until=timezone.now() - timedelta(seconds=1))


def person(name: str) -> User:
    return User.objects.create_user(name)


def reviews(count: int, verdict: str = "not_ours") -> list[Review]:
    moderator, _ = User.objects.get_or_create(username="moderator")
    photos: list[ListingPhoto] = pending_photos(count)
    return [
        Review.objects.create(
            photo=photo, moderator=moderator, key=uuid4(), verdict=verdict, is_final=True
        )
        for photo in photos
    ]


def learn(version: ModelVersion, learned: list[Review]) -> None:
    DatasetReview.objects.bulk_create(
        DatasetReview(version=version, review=review, sha256="0" * 64, split="train")
        for review in learned
    )
