"""Tag again with the champion what nobody has reviewed; a row is the record of how far it is.

Several workers share one reclassification: each takes the next few photos by moving its cursor.
Nothing is claimed, so a photo keeps its tag until the new one is stored. What a moderator has
settled, or has on the screen, is left alone; that is looked at again under a lock when storing.

A new champion while it runs: the rest, and what was tagged so far, is tagged with the new one.

Photos that were tagged before embeddings were stored get theirs in the same way: by a
reclassification that takes photos without one, those with the champion's tag too.
"""

import logging
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from classifier import notify
from classifier.decision import Outcome
from classifier.models import (
    ListingPhoto,
    ModelVersion,
    PhotoEmbedding,
    QueueItem,
    Reclassification,
    Review,
)
from classifier.models.queries.row_counts import count_or_estimate
from classifier.models.queries.update_rows import update_rows
from classifier.review.queue import enqueue
from classifier.tagging import embeddings
from classifier.tagging.queue import TAG_FIELDS, write_tag
from classifier.tagging.results import Result, Tagged
from classifier.versions import registry

logger = logging.getLogger(__name__)

# How often it begins anew for photos that were left over, without tagging one of them,
# before it ends. Not for ever: one of them might be what kills its worker.
MAX_PASSES: Final = 2


def outdated(version: ModelVersion, *, after: int = 0) -> QuerySet[ListingPhoto]:
    """Return the photos with another version's tag that no moderator settled or looks at.

    Args:
        after: only photos with a larger number. The subqueries say so too: databases merge them,
            and would read all reviews of the photos before.
    """
    # By name: what few photos have is found through the index, "not this one" by reading them all.
    others = ModelVersion.objects.exclude(pk=version.pk).values_list("pk", flat=True)
    return _free(after).filter(model_version__in=list(others))


def without_embedding(*, after: int = 0) -> QuerySet[ListingPhoto]:
    """Return the photos without an embedding that no moderator settled or looks at.

    Args:
        after: as above.
    """
    known = PhotoEmbedding.objects.filter(photo=OuterRef("pk"), photo__gt=after)
    return _free(after).filter(~Exists(known))


def _free(after: int) -> QuerySet[ListingPhoto]:
    of_photo = {"photo": OuterRef("pk"), "photo__gt": after}
    settled = Review.objects.final().filter(**of_photo)
    # Also when the lease ran out: as long as nobody else takes the photo, that verdict counts.
    on_a_screen = QueueItem.objects.filter(**of_photo, claim__isnull=False)
    return ListingPhoto.objects.filter(
        ~Exists(settled), ~Exists(on_a_screen), pk__gt=after,
        status=ListingPhoto.Status.CLASSIFIED,
    )  # fmt: skip


def _left(run: Reclassification, version: ModelVersion, after: int = 0) -> QuerySet[ListingPhoto]:
    """Return what a reclassification still takes."""
    if run.for_embeddings:
        return without_embedding(after=after)
    return outdated(version, after=after)


def unfinished() -> QuerySet[Reclassification]:
    """Return the reclassification that is not finished; one at most."""
    return Reclassification.objects.filter(finished_at__isnull=True)


def start(*, by: User | None = None, for_embeddings: bool = False) -> Reclassification | None:
    """Begin to tag again with the champion, or go on with what was begun; None if nothing is left.

    Workers hear of it after commit. There is one at a time: what was begun goes on, of either kind.

    Args:
        for_embeddings: take photos without an embedding instead of those with another's tag.

    Raises:
        NoChampionError: if no model is in production.
    """
    version = registry.champion()
    if version is None:
        raise registry.NoChampionError
    with transaction.atomic():
        transaction.on_commit(notify.notify_reclassifiers, robust=True)
        if (running := unfinished().first()) is not None:
            return running
        new = Reclassification(version=version, requested_by=by, for_embeddings=for_embeddings)
        if not (count := count_or_estimate(_left(new, version))):
            return None
        new.total = count
        try:
            # A savepoint, so that a refused insert leaves the transaction usable.
            with transaction.atomic():
                new.save()
                return new
        except IntegrityError:
            # Somebody else began in the same moment.
            return unfinished().first()


def stop() -> Reclassification | None:
    """End the reclassification where it is, and return it; None if there is none."""
    with transaction.atomic():
        run = unfinished().select_for_update().first()
        if run is not None:
            _finish(run)
        return run


def notify_if_unfinished() -> None:
    """Notify workers of what one of them left behind; the sweep calls it."""
    if unfinished().exists():
        notify.notify_reclassifiers()


class ReclassificationBatch(NamedTuple):
    run: Reclassification
    photos: list[ListingPhoto]


def take(*, version: ModelVersion, limit: int) -> ReclassificationBatch | None:
    """Take the next photos for a worker that has this version in memory.

    None when there is nothing to do: no reclassification, none left, or another champion than
    that version.
    """
    with transaction.atomic():
        run = unfinished().select_for_update().first()
        if run is None or version != registry.champion():
            return None
        if run.version_id != version.pk:
            _go_on_with(run, version)
        while not (photos := _following(run, version, limit)):
            if not _begin_anew(run, version):
                _finish(run)
                return None
        run.cursor = photos[-1].pk
        run.save(update_fields=["cursor"])
        return ReclassificationBatch(run, photos)


def _following(run: Reclassification, version: ModelVersion, limit: int) -> list[ListingPhoto]:
    return list(_left(run, version, after=run.cursor).order_by("pk")[:limit])


def _go_on_with(run: Reclassification, version: ModelVersion) -> None:
    logger.info("%s goes on with %s, the champion now.", run, version)
    run.version, run.cursor, run.passes = version, 0, 0
    run.total = run.tagged + count_or_estimate(_left(run, version))
    run.save(update_fields=["version", "cursor", "passes", "total"])


def _begin_anew(run: Reclassification, version: ModelVersion) -> bool:
    """Go back to the first photo for those that were left over; return whether it is worth it."""
    if run.passes >= MAX_PASSES or not _left(run, version).exists():
        return False
    run.passes, run.cursor = run.passes + 1, 0
    run.save(update_fields=["passes", "cursor"])
    return True


def _finish(run: Reclassification) -> None:
    run.finished_at = timezone.now()
    run.left_over = count_or_estimate(_left(run, run.version))
    run.save(update_fields=["finished_at", "left_over"])
    logger.info("%s ends: %s", run, in_words(run))


def store(batch: ReclassificationBatch, results: Sequence[Result], *, version: ModelVersion) -> int:
    """Store new tags in one transaction, with the queue in step; return how many were stored.

    A photo that could not be read keeps its tag, as does one that a moderator settled or took
    onto the screen meanwhile, or that another worker has tagged.
    """
    result_of = {
        photo.pk: result
        for photo, result in zip(batch.photos, results, strict=True)
        if isinstance(result, Tagged)
    }
    with transaction.atomic():
        rows = [row for row in _locked(batch, version) if row.pk in result_of]
        before = {row.pk: (row.outcome, row.main, row.sub) for row in rows}
        for row in rows:
            write_tag(row, result_of[row.pk], version)
        update_rows(rows, TAG_FIELDS)
        embeddings.store(rows, result_of, version)
        # One the model was sure of before, and is now, had its draw for the sample already.
        sure = Outcome.SUBCLASS
        enqueue.enqueue([r for r in rows if (before[r.pk][0], r.outcome) != (sure, sure)])
        changed = sum(before[row.pk] != (row.outcome, row.main, row.sub) for row in rows)
        if rows:
            Reclassification.objects.filter(pk=batch.run.pk).update(
                tagged=F("tagged") + len(rows), changed=F("changed") + changed, passes=0
            )
    return len(rows)


def _locked(batch: ReclassificationBatch, version: ModelVersion) -> list[ListingPhoto]:
    """Lock those that may still be tagged again, and their places in the queue."""
    taken = {photo.pk: photo.model_version_id for photo in batch.photos}
    items = QueueItem.objects.filter(photo__in=taken)
    skip_locked = connection.features.has_select_for_update_skip_locked
    # The queue first, as moderators do; what one of them takes or decides this very moment is
    # theirs.
    ours = list(items.select_for_update(skip_locked=skip_locked).order_by("pk"))
    theirs = items.exclude(pk__in=[item.pk for item in ours]).values_list("photo_id", flat=True)
    rows = ListingPhoto.objects.select_for_update(no_key=True).filter(pk__in=taken).order_by("pk")
    locked = [row for row in rows if row.model_version_id == taken[row.pk]]
    # Asked after the locks: a verdict that we waited for counts.
    left = _left(batch.run, version).filter(pk__in=taken).values_list("pk", flat=True)
    free = set(left) - set(theirs)
    return [row for row in locked if row.pk in free]


def in_words(run: Reclassification) -> str:
    """Return in a sentence or two how far it is."""
    total = max(run.total, run.tagged)  # it may be an estimate
    summary = _(
        "%(tagged)s of %(total)s photos were tagged again, %(changed)s of them got another tag; "
        "the model is %(version)s."
    ) % {
        "tagged": f"{run.tagged:,}", "total": f"{total:,}", "changed": f"{run.changed:,}",
        "version": run.version,
    }  # fmt: skip
    if not run.left_over:
        return summary
    rest = _("Left as they were: %(count)s, unreadable or after it was stopped.")
    return f"{summary} {rest % {'count': f'{run.left_over:,}'}}"
