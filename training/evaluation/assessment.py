"""The evaluation of one bundle: all figures as one JSON-ready document."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from classifier.decision import Outcome, Reason
from classifier.ml.manifest import Manifest, manifest_as_dict
from classifier.ml.predictor import Predictor
from classifier.photos.cleaning import Limits
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, label_path
from classifier.versions.stream import DEFAULT_MIX, Mix
from training.data.folder import NEAR, OTHERS, Kind
from training.data.photo_folders import PhotoFolders
from training.evaluation.bad_photos.robustness import robustness
from training.evaluation.curves import curves
from training.evaluation.figures import evaluate
from training.evaluation.photo_selection import EvaluationPhotos
from training.evaluation.product_scores import Scored, ScoredPhotos, score_photos

MISTAKES: Final = 20
EXAMPLES: Final = 2  # of a reason and a class
STRATA: Final = (*SUBCLASSES, *(f"{NEAR} {main}" for main in MAIN_CLASSES), OTHERS)
ENDS: Final = ("right subclass", "right main class", "unknown", "wrong main class", "wrong tag")


class Assessment(NamedTuple):
    """The document, and the photos behind it for whoever wants to show them."""

    document: dict[str, Any]
    scored: ScoredPhotos


def assess(
    predictor: Predictor,
    photos: EvaluationPhotos,
    limits: Limits,
    *,
    robustness_photos: int,
    mix: Mix = DEFAULT_MIX,
) -> Assessment:
    """Score the photos as the product does and return everything there is to say of them.

    Raises:
        PhotosError: if there are no photos, or none of them can be read.
    """
    scored = score_photos(photos.samples, predictor, limits)
    scores, truth = scored.probabilities(), scored.truth()
    readable = [photo.sample for photo in scored.photos]
    document = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "bundle": _about_bundle(predictor.manifest),
        "engine": str(predictor.engine),
        "photos": _about_photos(photos, scored),
        "figures": evaluate(scores, truth, predictor.manifest.thresholds, mix).as_dict(),
        "ends": _ends(scored.photos),
        "reasons": _reasons(scored.photos),
        "others_by_folder": _others_by_folder(scored.photos),
        "mistakes": _mistakes(scored.photos, photos.folders),
        "examples": _examples(scored.photos, photos.folders),
        "robustness": robustness(readable, predictor, limits, at_most=robustness_photos),
        "curves": curves(scores, truth),
    }
    return Assessment(document, scored)


def _about_bundle(manifest: Manifest) -> dict[str, Any]:
    every = manifest_as_dict(manifest)
    names = (
        "name",
        "created_at",
        "parent",
        "stride_placement",
        "weights_sha256",
        "dataset_fingerprint",
        "preprocessing",
        "thresholds",
        "temperature",
    )
    return {name: every[name] for name in names}


def _about_photos(photos: EvaluationPhotos, scored: ScoredPhotos) -> dict[str, Any]:
    return {
        "folder": photos.folders.label,
        "split": str(photos.selection),
        "count": len(scored.photos),
        "products": len({photo.sample.group for photo in scored.photos}),
        "fingerprint": photos.fingerprint,
        "notes": photos.notes,
        "unreadable": [
            {"path": photos.folders.name_of(bad.sample.path), "error": bad.error}
            for bad in scored.refused
        ],
    }


def end_of(photo: Scored) -> str:
    """Return what became of a photo, as one of `ENDS`."""
    if photo.decision.outcome is Outcome.UNKNOWN:
        return "unknown"
    if photo.decision.outcome is Outcome.SUBCLASS:
        return "wrong tag" if photo.mistaken else "right subclass"
    return "wrong main class" if photo.mistaken else "right main class"


def _ends(photos: Sequence[Scored]) -> list[dict[str, Any]]:
    """Return for each kind of photo how many ended how."""
    return _counts(photos, ENDS, end_of)


def _reasons(photos: Sequence[Scored]) -> list[dict[str, Any]]:
    """Return for each kind of photo how many fell back for which reason."""
    fallen = [photo for photo in photos if photo.decision.reason]
    return _counts(fallen, [str(reason) for reason in Reason], lambda p: str(p.decision.reason))


def _counts(
    photos: Sequence[Scored], names: Iterable[str], name_of: Callable[[Scored], str]
) -> list[dict[str, Any]]:
    counted = Counter((photo.sample.stratum, name_of(photo)) for photo in photos)
    present = {photo.sample.stratum for photo in photos}
    return [
        {"stratum": stratum, "counts": {name: counted[stratum, name] for name in names}}
        for stratum in STRATA
        if stratum in present
    ]


def _others_by_folder(photos: Sequence[Scored]) -> list[dict[str, Any]]:
    """Return for each folder of others how many were rejected, the worst first."""
    others = [photo for photo in photos if photo.sample.kind is Kind.OTHER]
    total = Counter(photo.sample.path.parent.name for photo in others)
    rejected = Counter(
        photo.sample.path.parent.name
        for photo in others
        if photo.decision.outcome is Outcome.UNKNOWN
    )
    rows = [
        {"folder": name, "photos": count, "rejected": rejected[name] / count}
        for name, count in total.items()
    ]
    return sorted(rows, key=lambda row: (row["rejected"], row["folder"]))


def _mistakes(photos: Sequence[Scored], folders: PhotoFolders) -> list[dict[str, Any]]:
    """Return the most confident mistakes; a wrong subclass weighs more than a wrong main class."""
    wrong = [photo for photo in photos if photo.mistaken]
    wrong.sort(key=lambda p: (p.decision.outcome is Outcome.SUBCLASS, p.confidence), reverse=True)
    return [_told(photo, folders) for photo in wrong[:MISTAKES]]


def _examples(photos: Sequence[Scored], folders: PhotoFolders) -> dict[str, list[dict[str, Any]]]:
    """Return for each reason the first photos of each kind that fell back for it."""
    return {
        str(reason): [
            _told(photo, folders)
            for stratum in STRATA
            for photo in [
                p for p in photos if p.decision.reason is reason and p.sample.stratum == stratum
            ][:EXAMPLES]
        ]
        for reason in Reason
    }


def _told(photo: Scored, folders: PhotoFolders) -> dict[str, Any]:
    sample, decision = photo.sample, photo.decision
    return {
        "path": folders.name_of(sample.path),
        "stratum": sample.stratum,
        "truth": label_path(sample.main, sample.sub)
        if sample.sub
        else f"{sample.stratum} ({sample.path.parent.name})",
        "tag": label_path(decision.main, decision.sub),
        "confidence": photo.confidence,
        "main": max(photo.scores.main, key=photo.scores.main.__getitem__),
        "main_confidence": decision.main_confidence,
        "sub": max(photo.scores.sub, key=photo.scores.sub.__getitem__),
        "sub_confidence": decision.sub_confidence,
        "novelty": photo.scores.novelty,
    }
