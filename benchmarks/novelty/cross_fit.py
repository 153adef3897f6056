"""Scores of every photo by detectors that were fitted without it, and what they are made of."""

import logging
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.novelty.folds import inner_folds
from benchmarks.novelty.scoring.basis import Basis, principal
from benchmarks.novelty.scoring.combination import combined
from benchmarks.novelty.scoring.heads import Heads, fitted_heads, unit_scores
from benchmarks.novelty.scoring.neighbours import neighbour_scores
from benchmarks.novelty.scoring.published import Detector, fitted_detectors
from training.data.folder import Kind, Sample
from training.data.splits.leave_out import Fold, LeaveOut
from training.data.targets import joint_labels

logger = logging.getLogger(__name__)

DIMENSIONS: Final = 512  # as in a bundle's replay features

Features = NDArray[np.float32]
Scores = dict[str, NDArray[np.float64]]


def scores_of_folds(
    features: Features,
    samples: Sequence[Sample],
    folds: Sequence[Fold],
    leave_out: LeaveOut,
    dimensions: int = DIMENSIONS,
) -> Scores:
    """Return each detector's score of each photo (N,); nan for what no fold holds out.

    Args:
        features: (N, 2048).
        samples: what the N photos show.
        folds: what is left out in turn.
        leave_out: what the folds leave out; folds within them leave out the same.
        dimensions: that the detectors are fitted in.
    """
    scores: Scores = {}
    for number, fold in enumerate(folds, start=1):
        logger.info(
            "Fold %d of %d: without %s, %d photos.", number, len(folds), fold.name,
            len(fold.held_out),
        )  # fmt: skip
        basis = principal(features[fold.train], dimensions)
        held_out = scores_without(features, samples, fold, basis)
        training = _cross_fitted(features, samples, fold, leave_out, basis)
        held_out |= combined(training, [samples[row] for row in fold.train], held_out)
        for name, values in held_out.items():
            scores.setdefault(name, np.full(len(samples), np.nan))[fold.held_out] = values
    return scores


def scores_without(
    features: Features, samples: Sequence[Sample], fold: Fold, basis: Basis
) -> Scores:
    """Return the scores of what a fold holds out, by what is fitted to the rest."""
    heads, detectors = fitted_to(features[fold.train], [samples[row] for row in fold.train], basis)
    held_out = features[fold.held_out]
    projected = torch.from_numpy(basis.project(held_out))
    scores = unit_scores(heads, torch.from_numpy(held_out))
    scores |= {name: detector(projected) for name, detector in detectors.items()}
    return {name: values.double().numpy() for name, values in scores.items()}


def fitted_to(
    features: Features, samples: Sequence[Sample], basis: Basis
) -> tuple[Heads, dict[str, Detector]]:
    """Return heads for features (N, 2048) and detectors for projected ones, fitted to N photos."""
    heads = fitted_heads(features, samples)
    kinds = np.array([sample.kind for sample in samples])
    # Without a source there may be no item of some subclass.
    _, numbers = np.unique(joint_labels(samples)[kinds == Kind.ITEM], return_inverse=True)
    small = basis.heads(heads)
    projected = basis.project(features)
    items, near, others = (
        torch.from_numpy(projected[kinds == kind]) for kind in (Kind.ITEM, Kind.NEAR, Kind.OTHER)
    )
    classes = torch.from_numpy(numbers)
    detectors = fitted_detectors(items, classes, small.weight[:9], small.bias[:9])
    detectors["neighbours, others"] = lambda photos: neighbour_scores(photos, items, others)
    detectors["neighbours, near"] = lambda photos: neighbour_scores(photos, items, near)
    return heads, detectors


def _cross_fitted(
    features: Features,
    samples: Sequence[Sample],
    fold: Fold,
    leave_out: LeaveOut,
    basis: Basis,
) -> Scores:
    """Return scores of what a fold trains on, (its photos,), each without the photo's own part.

    Detectors know the photos that they were fitted to; what a combination learns from must be as
    new to them as what it is used on.
    """
    number_of = {row: number for number, row in enumerate(fold.train)}
    scores: Scores = {}
    for inner in inner_folds(samples, fold, leave_out):
        of_inner = scores_without(features, samples, inner, basis)
        rows = [number_of[row] for row in inner.held_out]
        for name, values in of_inner.items():
            scores.setdefault(name, np.full(len(fold.train), np.nan))[rows] = values
    return scores
