"""Labelled photos scored as the product does: its cleaning, its predictor, its decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.decision import Decision, Outcome, Scores, decide
from classifier.ml.bundle import Bundle
from classifier.ml.predictor import Predictor
from classifier.ml.probabilities import LogitArrays, probabilities
from classifier.photos.cleaning import Limits
from classifier.photos.local_files import shown_path
from classifier.worker.classify_files import Classified, classify_files
from training.data.folder import PhotosError, Sample
from training.evaluation.scoring import Probabilities, Truth, truth_of
from training.runtime.progress import Progress


class RefusedPhoto(NamedTuple):
    """A photo that the product refuses, and its sentence to the seller."""

    sample: Sample
    error: str


class Scored(NamedTuple):
    """One photo with its true labels, the network's scores and the decision."""

    sample: Sample
    scores: Scores
    decision: Decision

    @property
    def mistaken(self) -> bool:
        """Whether the decision names something that is not true; falling back is no mistake."""
        if self.decision.outcome is Outcome.SUBCLASS:
            return self.decision.sub != self.sample.sub
        return self.decision.main is not None and self.decision.main != self.sample.main

    @property
    def confidence(self) -> float:
        """The confidence of the finest class that the decision names."""
        if self.decision.outcome is Outcome.SUBCLASS:
            return self.decision.sub_confidence
        return self.decision.main_confidence


@dataclass(frozen=True, slots=True)
class ScoredPhotos:
    """All photos that could be read, in order, and those that could not."""

    photos: list[Scored] = field(default_factory=list)
    refused: list[RefusedPhoto] = field(default_factory=list)

    def probabilities(self) -> Probabilities:
        """Return the scores as arrays."""
        return Probabilities.of([photo.scores for photo in self.photos])

    def truth(self) -> Truth:
        """Return the labels as arrays, in the same order."""
        return truth_of([photo.sample for photo in self.photos])


class KeepingPredictor(Predictor):
    """A predictor that keeps the features of the photos it scores, in their order.

    Attributes:
        kept: features of each pass, (n, 2048), on the CPU.
    """

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle)
        self.kept: list[Tensor] = []

    def _features(self, photos: Sequence[Tensor]) -> Tensor:
        features = super()._features(photos)
        self.kept.append(features.cpu())
        return features


def score_features(
    samples: Sequence[Sample], features: NDArray[np.float16 | np.float32], bundle: Bundle
) -> list[Scored]:
    """Score pooled features as the product scores the photos behind them.

    Args:
        samples: the photos.
        features: (N, 2048), of the same photos by the backbone of this bundle.
        bundle: whose heads, temperatures and thresholds decide.
    """
    network = bundle.network
    device = next(network.parameters()).device
    with torch.inference_mode():
        logits = network.classify_features(torch.from_numpy(features).to(device).float())
    scores = probabilities(LogitArrays.of([logits]), bundle.manifest.temperature).as_scores()
    thresholds = bundle.manifest.thresholds
    return [
        Scored(sample, one, decide(one, thresholds))
        for sample, one in zip(samples, scores, strict=True)
    ]


def score_photos(samples: Sequence[Sample], predictor: Predictor, limits: Limits) -> ScoredPhotos:
    """Score photos exactly as `manage.py classify` and the worker do.

    Raises:
        PhotosError: if there are no photos, or none of them can be read.
    """
    if not samples:
        raise PhotosError("There are no photos to evaluate. Name another folder or --split all.")
    scored = ScoredPhotos()
    with Progress("scoring", len(samples)) as progress:
        results = classify_files([sample.path for sample in samples], predictor, limits)
        for sample, result in zip(samples, results, strict=True):
            if isinstance(result, Classified):
                scored.photos.append(Scored(sample, result.scores, result.decision))
            else:
                scored.refused.append(RefusedPhoto(sample, result.error))
            progress.advance(1)
    if not scored.photos:
        first = scored.refused[0]
        raise PhotosError(
            f"None of the {len(samples)} photos can be read; "
            f"{shown_path(first.sample.path)}: {first.error}"
        )
    return scored
