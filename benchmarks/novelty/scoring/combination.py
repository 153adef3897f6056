"""The units with the detectors' scores as further inputs: one logistic regression each."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training.data.folder import Kind, Sample

FAR: Final = "combination, novelty"
NEAR: Final = "combination, near"
FAR_NEIGHBOURS: Final = "novelty unit and neighbours"
NEAR_NEIGHBOURS: Final = "near unit and neighbours"
NEIGHBOURS: Final = ("novelty unit", "near unit", "neighbours, others", "neighbours, near")
ROUNDS: Final = 1000

Scores = Mapping[str, NDArray[np.float64]]


def combined(
    training: Scores, samples: Sequence[Sample], held_out: Scores
) -> dict[str, NDArray[np.float64]]:
    """Return the logits of regressions: others against ours, and near photos against items.

    Each is made twice: of all scores, and of the units and labelled neighbours alone.

    Args:
        training: scores (N,) of the photos that are learnt from; nan where there is none.
        samples: what these N photos show.
        held_out: scores (M,) of the photos that are scored, by the same names.
    """
    kinds = np.array([sample.kind for sample in samples])
    everything = sorted(training)
    few = [name for name in NEIGHBOURS if name in training]
    scores = {}
    for names, far, near in (
        (few, FAR_NEIGHBOURS, NEAR_NEIGHBOURS),
        (everything, FAR, NEAR),
    ):
        inputs = np.stack([training[name] for name in names], axis=1)
        asked = np.stack([held_out[name] for name in names], axis=1)
        scored = ~np.isnan(inputs).any(axis=1)
        ours = scored & (kinds != Kind.OTHER)
        scores[far] = _logits(inputs[scored], kinds[scored] == Kind.OTHER, asked)
        scores[near] = _logits(inputs[ours], kinds[ours] == Kind.NEAR, asked)
    return scores


def _logits(
    inputs: NDArray[np.float64], wanted: NDArray[np.bool_], asked: NDArray[np.float64]
) -> NDArray[np.float64]:
    model = make_pipeline(
        StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=ROUNDS)
    ).fit(inputs, wanted)
    logits: NDArray[np.float64] = model.decision_function(asked)
    return logits
