"""What a day is compared with: the days before, or the model's own test photos at first."""

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.conf import settings

from classifier.decision import decide
from classifier.drift.figures import Counts, MeasuredPhoto, add, count, nothing
from classifier.models import DriftDay, ModelVersion
from classifier.thresholds.held_out import HeldOutPhoto, NoHeldOutScoresError, test_photos
from classifier.versions.stream import KINDS, Mix, kind_of

logger = logging.getLogger(__name__)

DAYS: Final = 28
LEAST_PHOTOS: Final = 500
# How many there are of each class among test photos is how many somebody collected.
OF_THE_BUNDLE: Final = ("outcome", "confidence", "novelty")


def reference_of(version: ModelVersion, day: date) -> tuple[DriftDay.Reference, Counts]:
    """Return what the photos of a day are compared with, and its counts.

    Days that had drifted count as days before only where the bundle has no held-out scores.
    `DriftDay.Reference.NONE` if there is nothing at all.
    """
    before = DriftDay.objects.filter(
        version=version, day__lt=day, day__gte=day - timedelta(days=DAYS)
    )
    usual = [row for row in before if not row.sentence]
    if _photos(usual) >= LEAST_PHOTOS:
        return DriftDay.Reference.STREAM, add(row.counts for row in usual)
    try:
        return DriftDay.Reference.BUNDLE, of_bundle(version)
    except NoHeldOutScoresError as error:
        logger.warning("A day is not compared with test photos. %s", error)
    if _photos(before) >= LEAST_PHOTOS:
        return DriftDay.Reference.STREAM, add(row.counts for row in before)
    return DriftDay.Reference.NONE, nothing()


def _photos(rows: Iterable[DriftDay]) -> int:
    return sum(row.photos for row in rows)


def of_bundle(version: ModelVersion) -> Counts:
    """Return the counts of the bundle's test photos, each kind with its share of the stream.

    Raises:
        NoHeldOutScoresError: if the bundle carries none that can be read.
    """
    photos = test_photos(version)
    mix = Mix.parse(settings.STREAM_MIX)
    kinds = [kind_of(photo.main, photo.sub) for photo in photos]
    counts = {kind: kinds.count(kind) for kind in KINDS}
    present = sum(mix.of(kind) for kind in KINDS if counts[kind])
    if not present:
        raise NoHeldOutScoresError(f"The test photos of {version} are none of the stream's.")
    weight = {
        kind: len(photos) * mix.of(kind) / present / counts[kind] for kind in KINDS if counts[kind]
    }
    measured = count(
        (_measured(photo, version), weight[kind]) for photo, kind in zip(photos, kinds, strict=True)
    )
    empty = nothing()
    return {key: bins if key in OF_THE_BUNDLE else empty[key] for key, bins in measured.items()}


def _measured(photo: HeldOutPhoto, version: ModelVersion) -> MeasuredPhoto:
    made = decide(photo.scores, version.thresholds)
    return MeasuredPhoto(
        made.outcome.value, made.main, made.sub, made.main_confidence, photo.scores.novelty
    )
