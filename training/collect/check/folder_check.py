"""All checks of a folder of photos, one after the other."""

from dataclasses import dataclass
from pathlib import Path

from training.collect.check.flaws import Finding, Flaw, Readable, check, readable_of
from training.collect.check.frozen_features import Backbone, frozen_features
from training.collect.check.mislabelled import FOLDS, find_mislabelled, judgeable_labels
from training.data.photo_folders import PhotoFolders
from training.data.splits.near_duplicates import hash_photos
from training.data.splits.split import join_products


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What `check_photos` was asked for.

    Attributes:
        photos: the folders.
        only: the checks to make.
        min_side: a photo with a shorter side is too small, in pixels.
        backbone: judges labels.
        cache: folder of computed features.
    """

    photos: PhotoFolders
    only: frozenset[Flaw]
    min_side: int
    backbone: Backbone
    cache: Path


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, by which checks, and sentences about the whole."""

    findings: list[Finding]
    flaws: list[Flaw]
    notes: list[str]


def check_photos(request: CheckRequest) -> Checked:
    """Return everything that is wrong with the photos.

    Raises:
        PhotosError, BundleError, CacheError, FileNotFoundError, ValueError
    """
    samples = request.photos.read(once=False)
    results = list(hash_photos([sample.path for sample in samples], "reading photos"))
    readable = readable_of(samples, results)
    findings = check(samples, results, readable, min_side=request.min_side)
    notes = [f"{len(samples)} photos were checked, {len(readable.samples)} can be read."]
    if Flaw.MISLABELLED in request.only and readable.samples:
        mislabelled, label_notes = _labels(readable, request)
        findings += mislabelled
        notes += label_notes
    return Checked(
        [finding for finding in findings if finding.flaw in request.only],
        [flaw for flaw in Flaw if flaw in request.only],
        notes,
    )


def _labels(readable: Readable, request: CheckRequest) -> tuple[list[Finding], list[str]]:
    # A near-duplicate in another fold would let a wrong label confirm itself.
    products = join_products(readable.samples, readable.pairs)
    labels, skipped = judgeable_labels(products)
    if len(labels) < 2:
        return [], [f"Labels were not judged: fewer than two have {FOLDS} products or more."]
    features = frozen_features(readable.samples, request.backbone, request.cache)
    result = find_mislabelled(products, features, labels)
    notes = [
        f"A model that did not see a photo agrees with {100 * result.accuracy:.1f} % of the labels."
    ]
    if skipped:
        notes.append(f"Too few products to judge the labels of {', '.join(skipped)}.")
    return result.findings, notes
