"""A verdict, its undoing, and how second and third opinions settle a photo."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from classifier.models import Exclusion, ListingPhoto, QueueItem, Review
from classifier.review.errors import (
    DisagreedError,
    HeldElsewhereError,
    InvalidVerdictError,
    NothingToUndoError,
    PhotoGoneError,
    ReviewedAgainError,
    SettledElsewhereError,
)
from classifier.review.queue.claims import give_to
from classifier.review.queue.enqueue import let_wait_again
from classifier.taxonomy import MAIN_OF, TAXONOMY

# A photo that stayed on the screen over lunch says nothing about how long it took.
LONGEST_SECONDS: Final = 600.0
_random = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator says a photo shows.

    Attributes:
        because: one of the reasons of `Review.BECAUSE`, or none.
        note: a line for the seller; `one_line` cuts what is longer.

    Raises:
        InvalidVerdictError: if labels or reason do not fit the verdict or each other.
    """

    kind: Review.Verdict
    main: str | None = None
    sub: str | None = None
    because: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.because and self.because not in Review.BECAUSE.get(self.kind, ()):
            raise InvalidVerdictError(f"“{self.kind.label}” has no reason {self.because!r}.")
        match self.kind:
            case Review.Verdict.SUBCLASS:
                if self.sub is None or self.sub not in MAIN_OF:
                    raise InvalidVerdictError(f"There is no subclass {self.sub!r}.")
                if MAIN_OF[self.sub] != self.main:
                    raise InvalidVerdictError(
                        f"{self.sub} belongs to {MAIN_OF[self.sub]}, not to {self.main}."
                    )
            case Review.Verdict.MAIN_CLASS:
                if self.main not in TAXONOMY or self.sub is not None:
                    raise InvalidVerdictError(
                        f"A main class alone was expected; {self.main!r} and {self.sub!r} came."
                    )
            case Review.Verdict.NOT_OURS | Review.Verdict.BAD_PHOTO:
                if self.main is not None or self.sub is not None:
                    raise InvalidVerdictError(f"“{self.kind.label}” takes no class.")
            case _:
                raise InvalidVerdictError("A verdict is undone by undoing it, not by another one.")


def record_verdict(
    *, moderator: User, item: int, claim: UUID, verdict: Verdict, seconds: float | None
) -> Review:
    """Store a verdict, settle the photo and release it, in one transaction.

    The same claim sent twice gives the same review. A lease that ran out does not matter as long
    as nobody else took the photo.

    Raises:
        PhotoGoneError: if the photo was deleted meanwhile.
        SettledElsewhereError, HeldElsewhereError: if somebody else settled or holds it.
    """
    with transaction.atomic():
        row = _lock(item)
        if (known := Review.objects.filter(key=claim, moderator=moderator).first()) is not None:
            return known
        if row is None:
            raise PhotoGoneError
        if row.claim != claim or row.holder_id != moderator.pk:
            raise HeldElsewhereError if row.is_open else SettledElsewhereError
        review = review_of(row.photo, moderator=moderator, verdict=verdict, key=claim)
        review.seconds = bounded_seconds(seconds)
        if row.round == QueueItem.DISAGREED:
            review.source, review.round = Review.Source.DISAGREED, next_round(row.photo)
        else:
            review.round, review.blind = row.round, row.blind
            review.sampled, review.sampling_share = row.sampled, row.sampling_share
        store(review)
        _move_on(row, review)
    return review


def _lock(item: int) -> QueueItem | None:
    rows = QueueItem.objects.select_for_update(of=("self",)).select_related("photo")
    return rows.filter(pk=item).first()


def next_round(photo: ListingPhoto) -> int:
    """Return the round of a verdict that replaces whatever stands."""
    latest = Review.objects.verdicts().filter(photo=photo).order_by("-round").first()
    return max(Review.FIRST_DIRECT_ROUND, latest.round + 1 if latest else 0)


def one_line(text: str) -> str:
    """Return a text as one line, of `Review.LONGEST_NOTE` characters at most."""
    return " ".join(text.split())[: Review.LONGEST_NOTE]


def bounded_seconds(seconds: float | None) -> float | None:
    """Return how long a photo was on the screen, as far as that can be believed."""
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_SECONDS)


def review_of(photo: ListingPhoto, *, moderator: User, verdict: Verdict, key: UUID) -> Review:
    """Return an unsaved review with the verdict and the tag that the photo had."""
    return Review(
        photo=photo,
        moderator=moderator,
        key=key,
        verdict=verdict.kind,
        main=verdict.main,
        sub=verdict.sub,
        because=verdict.because,
        note=one_line(verdict.note),
        model_version_id=photo.model_version_id,
        predicted_outcome=photo.outcome,
        predicted_main=photo.main,
        predicted_sub=photo.sub,
        predicted_main_confidence=photo.main_confidence,
        predicted_sub_confidence=photo.sub_confidence,
    )


def store(review: Review) -> None:
    """Insert a review; whether it settles its photo follows from its round.

    Raises:
        SettledElsewhereError: if the database says that another review is final.
    """
    standing = Review.objects.verdicts().filter(photo=review.photo_id)
    # A second opinion settles nothing, nor does the queue where a moderator settled directly.
    later = standing.filter(round__gt=review.round, is_final=True).exists()
    review.is_final = review.round != 2 and not later
    if review.is_final and review.round > 2:
        # A third opinion settles what the first two disagree about; a direct one, whatever stood.
        standing.filter(is_final=True).update(is_final=False)
    try:
        # A savepoint, so that a refused insert leaves the transaction usable.
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError as error:
        raise SettledElsewhereError from error


def _move_on(row: QueueItem, review: Review) -> None:
    """Release a reviewed photo: settled, or queued for another moderator."""
    row.claim = row.holder = row.held_until = None
    another = _wants_another(review)
    if another:
        row.round, row.blind, row.queued_at = review.round + 1, True, timezone.now()
        # As in `enqueue`: whatever the order, this must not wait for the end of the queue.
        row.rank, row.informative = QueueItem.Rank.FIRST, 1.0
        Exclusion.objects.update_or_create(
            item=row, moderator=review.moderator, defaults={"why": Exclusion.Why.REVIEWED}
        )
    row.is_open = another
    row.save(
        update_fields=[
            "is_open",
            "claim",
            "holder",
            "held_until",
            "round",
            "blind",
            "rank",
            "queued_at",
            "informative",
        ]
    )


def _wants_another(review: Review) -> bool:
    match review.round:
        case 1:
            return _knows_the_prediction(review) or _random.random() < settings.REVIEW_SECOND_SHARE
        case 2:
            first = Review.objects.verdicts().get(photo=review.photo_id, round=1)
            return not same_label(first, review)
    return False


def _knows_the_prediction(review: Review) -> bool:
    """Return whether a blind verdict was undone: its moderator has seen the model's tag since.

    The new verdict may lean on that, so another moderator reviews it too, and a third if need be.
    """
    undone = Review.objects.filter(photo=review.photo_id, voided=True, blind=True)
    return review.blind and undone.exists()


def same_label(one: Review, other: Review) -> bool:
    """Return whether two verdicts agree."""
    return (one.verdict, one.main, one.sub) == (other.verdict, other.main, other.sub)


def undo(*, moderator: User, review: int) -> QueueItem | None:
    """Void a moderator's own verdict by a new row; return the photo, which is theirs again.

    None when the photo has been deleted, or was settled outside the queue and never waited in it.
    Undoing twice does it once.

    Raises:
        NothingToUndoError: if there is no such verdict of theirs.
        ReviewedAgainError: if somebody reviewed the photo again since.
    """
    with transaction.atomic():
        old = Review.objects.verdicts().filter(pk=review, moderator=moderator).first()
        if old is None:
            raise NothingToUndoError
        row = QueueItem.objects.select_for_update().filter(photo=old.photo_id).first()
        # Read again under the lock, so that two undos at once make one.
        old.refresh_from_db()
        if old.voided:
            raise NothingToUndoError
        must_not_be_disagreed([old])
        void(old, moderator=moderator)
        if old.source == Review.Source.DIRECT:
            _wait_again(old)
        elif row is not None:
            _reopen(row, old, moderator)
        return row


def are_disagreed(verdicts: Collection[Review]) -> bool:
    """Return whether a seller disagrees with one of them and waits for another moderator's."""
    waiting = QueueItem.objects.filter(is_open=True, photo__disagreement__review__in=verdicts)
    return waiting.exists()


def must_not_be_disagreed(verdicts: Collection[Review]) -> None:
    """Refuse to touch verdicts of which a seller waits for another moderator's.

    Raises:
        DisagreedError: if that is so.
    """
    if are_disagreed(verdicts):
        raise DisagreedError


def _wait_again(old: Review) -> None:
    """Let the photo of a direct verdict that was undone wait, if it waited before."""
    final = Review.objects.final().filter(photo=old.photo_id).first()
    if final is None:
        let_wait_again([old.photo_id] if old.photo_id else [])
    else:
        of_it = QueueItem.objects.filter(photo=old.photo_id, photo__disagreement__review=final)
        of_it.update(is_open=True, round=QueueItem.DISAGREED)


def void(old: Review, *, moderator: User) -> None:
    """Add the row that undoes a review, and let the one before it stand again.

    Raises:
        ReviewedAgainError: if there is a verdict of a later round.
    """
    earlier = Review.objects.verdicts().filter(photo=old.photo_id, photo__isnull=False)
    if earlier.filter(round__gt=old.round).exists():
        raise ReviewedAgainError
    was_final = Review.objects.filter(pk=old.pk, is_final=True).exists()
    Review.objects.filter(pk=old.pk).update(voided=True, is_final=False)
    before = earlier.filter(round__lt=old.round).exclude(round=2).order_by("-round").first()
    if was_final and before is not None:
        Review.objects.filter(pk=before.pk).update(is_final=True)
    undoing(old, moderator=moderator).save(force_insert=True)


def undoing(old: Review, *, moderator: User) -> Review:
    """Return the unsaved row that undoes a review."""
    return Review(
        photo_id=old.photo_id,
        moderator=moderator,
        key=uuid4(),
        voids=old,
        round=old.round,
        source=old.source,
        sampled=old.sampled,
        sampling_share=old.sampling_share,
        blind=old.blind,
        verdict=Review.Verdict.UNDONE,
    )


def _reopen(row: QueueItem, old: Review, moderator: User) -> None:
    disagreed = old.source == Review.Source.DISAGREED
    row.is_open, row.round = True, QueueItem.DISAGREED if disagreed else old.round
    row.blind = old.blind if old.source == Review.Source.QUEUE else row.blind
    row.save(update_fields=["is_open", "round", "blind"])
    Exclusion.objects.filter(item=row, moderator=moderator).delete()
    if old.source in Review.FROM_THE_QUEUE:
        give_to(row, moderator)
