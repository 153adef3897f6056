"""Fit the near unit: which photos show a main class, but none of its subclasses.

A logistic regression on the features that the heads get, after they are trained. It is convex,
so it needs no schedule and no seed, and it can be fitted to a network that was trained without it.
"""

import logging
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from classifier.ml.network import SILENT, HeadLayout, HierarchicalResNet
from training.calibration.held_out import HeldOut
from training.data.batches import BatchSource
from training.engine.stages import TrainedPart, TrainFrom
from training.evaluation.scoring import Truth, features_of

logger = logging.getLogger(__name__)

FEWEST: Final = 20  # near photos to learn from
STRENGTHS: Final = (1e-4, 1e-3, 1e-2, 1e-1)  # C of the regression: the least regular last
ROUNDS: Final = 1000

Features = NDArray[np.float32]


def fit_near_unit(
    network: HierarchicalResNet, train_from: TrainFrom, training: HeldOut, validation: HeldOut
) -> None:
    """Fit the network's near unit in place; how regular it is, validation photos choose.

    With fewer than `FEWEST` near photos to learn from, or none to choose by, it is silent: it says
    "no" to every photo. The near unit of joint heads is trained with them and stays as it is.

    Args:
        network: trained; nothing else of it changes.
        train_from: the stage whose inputs the batches hold.
        training, validation: items, near photos and others; others take no part.
    """
    if network.head_layout is HeadLayout.JOINT:
        return
    if training.truth.near.sum() < FEWEST or not validation.truth.near.any():
        logger.info("Too few near photos to fit the near unit; it stays silent.")
        _silence(network)
        return
    part = TrainedPart(network, train_from).eval()
    seen, near = _items_and_near(part, training.batches, training.truth)
    chosen_on, wanted = _items_and_near(part, validation.batches, validation.truth)
    scale = StandardScaler().fit(seen)
    directions = _directions(scale.transform(seen))
    inputs = scale.transform(seen) @ directions
    fitted = [
        LogisticRegression(C=strength, max_iter=ROUNDS).fit(inputs, near) for strength in STRENGTHS
    ]
    inputs = scale.transform(chosen_on) @ directions
    losses = [log_loss(wanted, expit(model.decision_function(inputs))) for model in fitted]
    best = fitted[int(np.argmin(losses))]
    logger.info("Near unit: C %g, validation loss %.4f.", best.C, min(losses))
    # The scaling becomes part of the unit.
    weight = directions @ best.coef_[0] / scale.scale_
    _set(network, weight, float(best.intercept_[0] - (weight * scale.mean_).sum()))


def _directions(features: Features) -> Features:
    """Return an orthonormal basis (D, R) of the space that N photos' features (N, D) span.

    With a penalty on squared weights the best weights lie in it (the representer theorem, Schölkopf
    et al. 2001), so for fewer photos than features the regression is as good and several times as
    fast in it.
    """
    photos, size = features.shape
    if photos >= size:
        return np.eye(size, dtype=np.float32)
    _, _, rows = np.linalg.svd(features, full_matrices=False)
    return rows.T


def _items_and_near(
    part: TrainedPart, batches: BatchSource, truth: Truth
) -> tuple[Features, NDArray[np.bool_]]:
    """Return the features (N, 2048) of items and near photos, and which of them are near."""
    features, readable = features_of(part, batches)
    ours = truth.main[readable] >= 0
    return features[ours], truth.near[readable][ours]


def _set(network: HierarchicalResNet, weight: NDArray[np.float64], bias: float) -> None:
    unit = network.near_unit
    with torch.no_grad():
        unit.weight.copy_(torch.from_numpy(weight).unsqueeze(0))
        unit.bias.fill_(bias)


def _silence(network: HierarchicalResNet) -> None:
    _set(network, np.zeros(network.near_unit.in_features), SILENT)
