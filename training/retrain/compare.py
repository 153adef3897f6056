"""The stage that compares: gate report, figures, changed decisions, production estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifier.ml.manifest import Manifest, read_manifest
from classifier.models import Split
from classifier.photos.cleaning import Limits
from classifier.versions.gate_report import GateReport, TestCounts
from training.calibration.held_out_scores import HeldOutScores, held_out_scores, photos_hash
from training.data.dataset_rows import DatasetRow, RowSource
from training.evaluation.curves import curves
from training.gate.changed_decisions import ChangedDecisions, changed_decisions, is_right
from training.gate.production_estimate import (
    NoEstimateError,
    ProductionEstimate,
    production_estimate,
)
from training.gate.rules import GateRules
from training.gate.score_models import PairedScores, Replayed, score_models
from training.retrain.candidate.batch_sources import replayed_features
from training.retrain.data.collect import Collected


@dataclass(frozen=True, slots=True)
class Comparison:
    """Champion and candidate on the same test photos.

    Attributes:
        report: the gate's, as it is kept with the version.
        champion, candidate: their manifests; the candidate's has its figures on test photos.
        curves: of each, as `training.evaluation.curves` gives them.
        changes: decisions that the candidate fixes or breaks.
        production: the estimate for production, or a sentence why there is none.
        held_out: the candidate's scores of the test photos.
    """

    report: GateReport
    champion: Manifest
    candidate: Manifest
    curves: Mapping[str, Mapping[str, Any]]
    changes: ChangedDecisions
    production: ProductionEstimate | str
    held_out: HeldOutScores


def compare_models(
    collected: Collected,
    sampled: set[int],
    champion: Path,
    candidate: Path,
    limits: Limits,
    rules: GateRules,
) -> Comparison:
    """Judge champion and candidate on the test photos.

    Args:
        collected: the dataset of the candidate.
        sampled: numbers of the reviews of the blind sample.
        champion, candidate: folders of their bundles.
        limits: the product's limits of a photo.
        rules: of the gate.

    Raises:
        PhotosError: if no test photo can be read.
    """
    rows = collected.of_split(Split.TEST)
    samples = collected.samples(Split.TEST)
    scores = score_models(samples, champion, candidate, limits, _replayed(collected, rows))
    before, after = read_manifest(champion), read_manifest(candidate)
    figures = scores.figures(before.thresholds, after.thresholds, rules.mix)
    tested = [rows[number] for number in scores.rows]
    reviewed = [row.source is RowSource.REVIEW for row in tested]
    report = replace(
        scores.gate(rules, reviewed),
        champion=before.name,
        candidate=after.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        photos=TestCounts(**figures["candidate"]["photos"], reviewed=sum(reviewed)),
        photos_sha256=photos_hash(row.sha256 for row in tested),
        figures=figures,
    )
    sides = {"champion": scores.champion, "candidate": scores.candidate}
    return Comparison(
        report=report,
        champion=before,
        candidate=replace(after, metrics={**after.metrics, "test": figures["candidate"]}),
        curves={name: curves(side.probabilities(), side.truth()) for name, side in sides.items()},
        changes=changed_decisions(scores),
        production=_production(tested, sampled, scores),
        held_out=held_out_scores(
            scores.candidate.probabilities(),
            [photo.sample for photo in scores.candidate.photos],
            [row.sha256 for row in tested],
            "test",
        ),
    )


def _replayed(collected: Collected, rows: Sequence[DatasetRow]) -> Replayed | None:
    """Return which of these photos have replay features in their place; None where none has."""
    if collected.replay is None:
        return None
    numbers = [number for number, row in enumerate(rows) if collected.is_replayed(row)]
    features = replayed_features(collected.replay, [rows[number] for number in numbers])
    return Replayed(numbers, features)


def _production(
    rows: Sequence[DatasetRow], sampled: set[int], scores: PairedScores
) -> ProductionEstimate | str:
    reviewed = [number for number, row in enumerate(rows) if row.source is RowSource.REVIEW]
    sides = {"champion": scores.champion.photos, "candidate": scores.candidate.photos}
    outcomes = {
        f"{name}_{outcome}": [happened(photos[number]) for number in reviewed]
        for name, photos in sides.items()
        for outcome, happened in (("right", is_right), ("wrong", lambda photo: photo.mistaken))
    }
    try:
        return production_estimate(
            [rows[number].weight for number in reviewed],
            [rows[number].review in sampled for number in reviewed],
            [rows[number].group for number in reviewed],
            outcomes,
        )
    except NoEstimateError as error:
        return str(error)
