"""Champion and candidate on the same test photos in the same run, as the product tags them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifier.decision import Outcome, Thresholds
from classifier.ml.bundle import load_bundle
from classifier.ml.predictor import Predictor
from classifier.photos.cleaning import Limits
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, label_path
from training.data.folder import Kind, PhotosError, Sample
from training.evaluation.figures import evaluate
from training.evaluation.product_scores import Scored, ScoredPhotos, score_photos
from training.gate.gate import Answers, GateReport, TestPhotos, compare


@dataclass(frozen=True, slots=True)
class PairedScores:
    """What each model makes of the same photos, in the same order; ``rows`` are their numbers."""

    champion: ScoredPhotos
    candidate: ScoredPhotos
    rows: list[int]

    def gate(self) -> GateReport:
        """Return the gate's verdict."""
        truth = self.champion.truth()
        photos = TestPhotos(truth.main, truth.sub, truth.groups)
        return compare(photos, answers(self.champion.photos), answers(self.candidate.photos))

    def figures(self, thresholds: Sequence[Thresholds]) -> dict[str, Any]:
        """Return all figures of both; ``thresholds`` are the champion's and the candidate's."""
        before, after = thresholds
        return {
            name: evaluate(side.probabilities(), side.truth(), of)
            for name, side, of in (
                ("champion", self.champion, before), ("candidate", self.candidate, after),
            )
        }  # fmt: skip


def score_models(
    samples: Sequence[Sample], champion: Path, candidate: Path, limits: Limits
) -> PairedScores:
    """Score the photos with both bundles; one that the product refuses counts for neither.

    Raises:
        PhotosError: if no photo can be read.
    """
    champion_scores = score_photos(samples, Predictor(load_bundle(champion)), limits)
    candidate_scores = score_photos(samples, Predictor(load_bundle(candidate)), limits)
    read = [[photo.sample for photo in side.photos] for side in (champion_scores, candidate_scores)]
    if read[0] != read[1]:
        raise PhotosError(
            f"The champion could read {len(read[0])} test photos and the candidate {len(read[1])}. "
            "They were changed while they were scored; start the retraining again."
        )
    refused = {photo.sample for photo in champion_scores.refused}
    rows = [number for number, sample in enumerate(samples) if sample not in refused]
    return PairedScores(champion_scores, candidate_scores, rows)


def answers(photos: Sequence[Scored]) -> Answers:
    """Return a model's answers as arrays."""
    decided = [photo.decision for photo in photos]
    best_main = [max(p.scores.main, key=p.scores.main.__getitem__) for p in photos]
    best_sub = [max(p.scores.sub, key=p.scores.sub.__getitem__) for p in photos]
    return Answers(
        main=np.array([MAIN_CLASSES.index(name) for name in best_main], dtype=np.intp),
        sub=np.array([SUBCLASSES.index(name) for name in best_sub], dtype=np.intp),
        main_confidence=np.array([d.main_confidence for d in decided]),
        sub_confidence=np.array([d.sub_confidence for d in decided]),
        tag=np.array([SUBCLASSES.index(d.sub) if d.sub else -1 for d in decided], dtype=np.intp),
        unknown=np.array([d.outcome is Outcome.UNKNOWN for d in decided], dtype=bool),
    )


def is_right(photo: Scored) -> bool:
    """Return whether the decision is as good as it can be.

    An item has its subclass, one of a main class alone has no wrong name, and what is none of ours
    is unknown.
    """
    match photo.sample.kind:
        case Kind.ITEM:
            return photo.decision.outcome is Outcome.SUBCLASS and not photo.mistaken
        case Kind.NEAR:
            return photo.decision.outcome is Outcome.MAIN_CLASS and not photo.mistaken
    return photo.decision.outcome is Outcome.UNKNOWN


def changes(both: PairedScores) -> dict[str, list[dict[str, Any]]]:
    """Return which photos the candidate fixes and which it breaks, wrong names first.

    ``row`` is the photo's number among the test photos.
    """
    found: dict[str, list[dict[str, Any]]] = {"fixed": [], "broken": []}
    for row, before, after in zip(
        both.rows, both.champion.photos, both.candidate.photos, strict=True
    ):
        if is_right(before) != is_right(after):
            wrong = before if is_right(after) else after
            told = {
                "row": row,
                "truth": _truth(before.sample),
                "champion": _tag(before),
                "candidate": _tag(after),
                "named_wrong": wrong.mistaken,
                "confidence": wrong.confidence,
            }
            found["fixed" if is_right(after) else "broken"].append(told)
    for shown in found.values():
        shown.sort(key=lambda told: (not told["named_wrong"], -told["confidence"]))
    return found


def _truth(sample: Sample) -> str:
    if sample.main is None:
        return "none of ours"
    return label_path(sample.main, sample.sub) if sample.sub else f"{sample.main}, no subclass"


def _tag(photo: Scored) -> str:
    return label_path(photo.decision.main, photo.decision.sub)
