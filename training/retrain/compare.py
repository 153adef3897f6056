"""The stage that compares: gate report, figures, changed decisions, production estimate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifier.ml.manifest import Manifest, manifest_as_dict, read_manifest
from classifier.models import Split
from classifier.photos.cleaning import Limits
from training.data.dataset_rows import DatasetRow, LabelSource
from training.data.folder import Sample
from training.evaluation.curves import curves
from training.gate.production_estimate import production_estimate
from training.gate.score_models import PairedScores, changes, is_right, score_models
from training.retrain.data.collect import Collected


@dataclass(frozen=True, slots=True)
class Compared:
    """The gate's report as it is kept with the version, and what its page shows besides."""

    report: dict[str, Any]
    page: dict[str, Any]
    manifest: Manifest


def compare_models(
    collected: Collected, drawn: set[int], champion: Path, candidate: Path, limits: Limits
) -> Compared:
    """Judge champion and candidate on the test photos.

    Args:
        collected: the dataset of the candidate.
        drawn: numbers of the reviews of the blind sample.
        champion, candidate: folders of their bundles.
        limits: the product's limits of a photo.

    Raises:
        PhotosError: if no test photo can be read.
    """
    rows = collected.part(Split.TEST)
    samples: Sequence[Sample] = collected.samples(Split.TEST)
    both = score_models(samples, champion, candidate, limits)
    manifests = [read_manifest(folder) for folder in (champion, candidate)]
    figures = both.figures([manifest.thresholds for manifest in manifests])
    tested = [rows[number] for number in both.rows]
    report = {
        **both.gate().as_dict(),
        "champion": manifests[0].name,
        "candidate": manifests[1].name,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "photos": {
            **figures["candidate"]["photos"],
            "reviewed": sum(row.source is LabelSource.REVIEW for row in tested),
        },
        "figures": figures,
    }
    page = {
        "curves": {
            name: curves(side.probabilities(), side.truth())
            for name, side in (("champion", both.champion), ("candidate", both.candidate))
        },
        "changes": changes(both),
        "production": _production(tested, drawn, both),
        "models": [manifest_as_dict(manifest) for manifest in manifests],
    }
    metrics = {**manifests[1].metrics, "test": figures["candidate"]}
    return Compared(report, page, replace(manifests[1], metrics=metrics))


def _production(rows: Sequence[DatasetRow], drawn: set[int], both: PairedScores) -> dict[str, Any]:
    reviewed = [number for number, row in enumerate(rows) if row.source is LabelSource.REVIEW]
    sides = {"champion": both.champion.photos, "candidate": both.candidate.photos}
    outcomes = {
        f"{name}_{what}": [happened(photos[number]) for number in reviewed]
        for name, photos in sides.items()
        for what, happened in (("right", is_right), ("wrong", lambda photo: photo.mistaken))
    }
    return production_estimate(
        [rows[number].weight for number in reviewed],
        [rows[number].review in drawn for number in reviewed],
        [rows[number].group for number in reviewed],
        outcomes,
    )
