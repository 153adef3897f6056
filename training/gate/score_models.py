"""Champion and candidate on the same test photos in the same run, as the product tags them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.decision import Outcome, Thresholds
from classifier.ml.bundle import Bundle, load_bundle
from classifier.ml.predictor import Predictor
from classifier.photos.cleaning import Limits
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from classifier.versions.gate_report import GateReport
from classifier.versions.stream import Mix
from training.data.folder import PhotosError, Sample
from training.evaluation.figures import evaluate
from training.evaluation.product_scores import (
    KeepingPredictor,
    RefusedPhoto,
    Scored,
    ScoredPhotos,
    score_features,
    score_photos,
)
from training.gate.answers import Answers
from training.gate.gate import compare
from training.gate.rules import GateRules


@dataclass(frozen=True, slots=True)
class PairedScores:
    """Both models' scores and decisions on the same photos, in the same order.

    Attributes:
        champion, candidate: of each model.
        rows: numbers of these photos among all test photos.
    """

    champion: ScoredPhotos
    candidate: ScoredPhotos
    rows: list[int]

    def gate(self, rules: GateRules, reviewed: Sequence[bool] | None = None) -> GateReport:
        """Return the gate's verdict.

        Args:
            rules: of the gate.
            reviewed: which of the photos' labels are reviews; None if that is not to count.
        """
        return compare(
            self.champion.truth(),
            answers(self.champion.photos),
            answers(self.candidate.photos),
            rules,
            None if reviewed is None else np.array(reviewed, dtype=bool),
        )

    def figures(
        self, champion: Thresholds, candidate: Thresholds, mix: Mix
    ) -> dict[str, dict[str, Any]]:
        """Return all figures of both models, each with its thresholds."""
        sides = {"champion": (self.champion, champion), "candidate": (self.candidate, candidate)}
        return {
            name: evaluate(scored.probabilities(), scored.truth(), thresholds, mix).as_dict()
            for name, (scored, thresholds) in sides.items()
        }


class Replayed(NamedTuple):
    """Photos that are not here: their numbers among the samples, and their features (n, 2048)."""

    rows: Sequence[int]
    features: NDArray[np.float16]


def score_models(
    samples: Sequence[Sample],
    champion: Path,
    candidate: Path,
    limits: Limits,
    replayed: Replayed | None = None,
) -> PairedScores:
    """Score the photos with both bundles; one that the product refuses counts for neither.

    Where both have one backbone, as after a training of the heads, each photo passes it once.

    Args:
        samples: the photos.
        champion, candidate: folders of the bundles.
        limits: the product's limits of a photo.
        replayed: photos that features stand for; both bundles have the backbone that made them.

    Raises:
        PhotosError: if no photo can be read.
    """
    before, after = load_bundle(champion), load_bundle(candidate)
    if replayed is not None or _have_one_backbone(before, after):
        rows, features, refused = _features(samples, before, limits, replayed)
        read = [samples[row] for row in rows]
        sides = [
            ScoredPhotos(score_features(read, features, bundle), refused)
            for bundle in (before, after)
        ]
    else:
        sides = [score_photos(samples, Predictor(bundle), limits) for bundle in (before, after)]
    return _paired(samples, *sides)


def _paired(
    samples: Sequence[Sample], champion: ScoredPhotos, candidate: ScoredPhotos
) -> PairedScores:
    read = [[photo.sample for photo in side.photos] for side in (champion, candidate)]
    if read[0] != read[1]:
        raise PhotosError(
            f"The champion could read {len(read[0])} test photos and the candidate {len(read[1])}. "
            "They were changed while they were scored; start the retraining again."
        )
    refused = {photo.sample for photo in champion.refused}
    rows = [number for number, sample in enumerate(samples) if sample not in refused]
    return PairedScores(champion, candidate, rows)


def _have_one_backbone(one: Bundle, other: Bundle) -> bool:
    """Return whether both bundles make the same features of every photo."""
    if one.manifest.preprocessing != other.manifest.preprocessing or (
        one.network.stride_placement != other.network.stride_placement
    ):
        return False
    ours, theirs = (bundle.network.backbone.state_dict() for bundle in (one, other))
    return all(torch.equal(value, theirs[name]) for name, value in ours.items())


def _features(
    samples: Sequence[Sample], bundle: Bundle, limits: Limits, replayed: Replayed | None
) -> tuple[list[int], NDArray[np.float32], list[RefusedPhoto]]:
    """Return which photos have features, these (N, 2048), and the photos that are refused."""
    of_row: dict[int, NDArray[Any]] = {}
    if replayed is not None:
        of_row |= zip(replayed.rows, replayed.features, strict=True)
    refused: list[RefusedPhoto] = []
    if here := [row for row in range(len(samples)) if row not in of_row]:
        predictor = KeepingPredictor(bundle)
        refused = score_photos([samples[row] for row in here], predictor, limits).refused
        unread = {photo.sample for photo in refused}
        read = [row for row in here if samples[row] not in unread]
        of_row |= zip(read, torch.cat(predictor.kept).numpy(), strict=True)
    rows = sorted(of_row)
    return rows, np.stack([of_row[row] for row in rows]).astype(np.float32), refused


def answers(photos: Sequence[Scored]) -> Answers:
    """Return a model's answers as arrays."""
    decisions = [photo.decision for photo in photos]
    best_main = [max(p.scores.main, key=p.scores.main.__getitem__) for p in photos]
    best_sub = [max(p.scores.sub, key=p.scores.sub.__getitem__) for p in photos]
    return Answers(
        main=np.array([MAIN_CLASSES.index(name) for name in best_main], dtype=np.intp),
        sub=np.array([SUBCLASSES.index(name) for name in best_sub], dtype=np.intp),
        main_confidence=np.array([d.main_confidence for d in decisions]),
        sub_confidence=np.array([d.sub_confidence for d in decisions]),
        tag=np.array([SUBCLASSES.index(d.sub) if d.sub else -1 for d in decisions], dtype=np.intp),
        unknown=np.array([d.outcome is Outcome.UNKNOWN for d in decisions], dtype=bool),
    )
