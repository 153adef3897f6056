"""The job that judges any two versions on the same photos.

Photos count that neither version was trained or chosen on: those whose scores both bundles carry as
test photos, and reviewed photos that are for the test for ever, which are scored now.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings

from classifier.decision import Thresholds
from classifier.jobs import JobLease
from classifier.ml.manifest import Manifest, read_manifest
from classifier.models import ModelVersion, Split
from classifier.photos.receiving.intake import photo_limits
from classifier.versions import storage
from classifier.versions.gate_report import TestCounts
from training.calibration.held_out_scores import PHOTO_DIGITS, photos_hash
from training.data.folder import Sample
from training.evaluation.product_scores import ScoredPhotos
from training.gate.rules import rules_of
from training.gate.score_models import PairedScores, score_models
from training.retrain.data.fetch import fetch, file_of
from training.retrain.data.kept_splits import known_splits
from training.retrain.data.reviews import final_reviews, one_label_a_file
from training.thresholds.decided import decided
from training.thresholds.held_out import ThresholdsError, held_out_of

FEWEST: Final = 50  # photos


@dataclass(frozen=True, slots=True)
class _SamePhotos:
    """The same photos, as the version and the other one decide them."""

    version: ScoredPhotos = field(default_factory=ScoredPhotos)
    other: ScoredPhotos = field(default_factory=ScoredPhotos)
    photos: list[str] = field(default_factory=list)

    def and_more(self, more: "_SamePhotos") -> "_SamePhotos":
        return _SamePhotos(
            ScoredPhotos([*self.version.photos, *more.version.photos]),
            ScoredPhotos([*self.other.photos, *more.other.photos]),
            [*self.photos, *more.photos],
        )


def compare_on_same_photos(lease: JobLease) -> None:
    """Keep with the job what the gate says of its version beside the other one.

    Raises:
        ThresholdsError: if there are too few photos that both can be judged on.
        BundleError, PhotosError: as what they come from says.
    """
    version, other = lease.job.version, lease.job.other
    if other is None:
        raise ValueError("A comparison takes two versions.")
    manifests = [read_manifest(storage.local_folder(one)) for one in (version, other)]
    held_out = _held_out(version, other, manifests[0].thresholds, manifests[1].thresholds)
    reviewed = _reviewed(version, other, set(held_out.photos))
    same = held_out.and_more(reviewed)
    if len(same.photos) < FEWEST:
        raise ThresholdsError(
            f"There are {len(same.photos)} photos that neither {version} nor {other} was trained "
            f"or chosen on; it takes {FEWEST}. Photos count that both bundles carry scores of as "
            "test photos, and reviewed photos that are for the test."
        )
    report = _report(same, manifests, len(reviewed.photos))
    message = f"Judged on {len(same.photos):,} photos that neither was trained or chosen on."
    lease.finish(message=message, result=report)


def _report(same: _SamePhotos, manifests: Sequence[Manifest], reviewed: int) -> dict[str, object]:
    paired = PairedScores(same.other, same.version, list(range(len(same.photos))))
    rules = rules_of(settings)
    version, other = manifests
    figures = paired.figures(other.thresholds, version.thresholds, rules.mix)
    return replace(
        paired.gate(rules),
        champion=other.name,
        candidate=version.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        photos=TestCounts(**figures["candidate"]["photos"], reviewed=reviewed),
        photos_sha256=photos_hash(same.photos),
        figures=figures,
    ).to_dict()


def _held_out(
    version: ModelVersion, other: ModelVersion, thresholds: Thresholds, others: Thresholds
) -> _SamePhotos:
    """Return the test photos that both bundles carry scores of; none where one carries none."""
    try:
        first, second = held_out_of(version).reporting, held_out_of(other).reporting
    except ThresholdsError:
        return _SamePhotos()
    here, ours, theirs = np.intersect1d(first.photo, second.photo, return_indices=True)
    # A photo that was labelled anew in between is the same photo with another truth.
    same = (first.truth.main[ours] == second.truth.main[theirs]) & (
        first.truth.sub[ours] == second.truth.sub[theirs]
    )
    if not same.any():
        return _SamePhotos()
    return _SamePhotos(
        decided(first.of(ours[same]), thresholds),
        decided(second.of(theirs[same]), others),
        [str(photo) for photo in here[same]],
    )


def _reviewed(version: ModelVersion, other: ModelVersion, known: set[str]) -> _SamePhotos:
    """Score the reviewed photos that are for the test and that no bundle carries scores of."""
    agreed = one_label_a_file(final_reviews()).photos
    splits = known_splits(photo.sha256 for photo in agreed)
    tested = [
        photo
        for photo in agreed
        if photo.sha256[:PHOTO_DIGITS] not in known
        and (kept := splits.get(photo.sha256)) is not None
        and kept.split == Split.TEST
    ]
    if not tested:
        return _SamePhotos()
    with tempfile.TemporaryDirectory(prefix="comparison-") as name:
        folder = Path(name)
        lost = {str(photo.path) for photo in fetch(tested, folder)}
        there = [photo for photo in tested if photo.name not in lost]
        if not there:
            return _SamePhotos()
        samples = [
            Sample(
                file_of(photo.sha256, folder), photo.main, photo.sub, splits[photo.sha256].product
            )
            for photo in there
        ]
        champion, candidate = storage.local_folder(other), storage.local_folder(version)
        scores = score_models(samples, champion, candidate, photo_limits())
        hashes = [there[row].sha256[:PHOTO_DIGITS] for row in scores.rows]
        return _SamePhotos(scores.candidate, scores.champion, hashes)
