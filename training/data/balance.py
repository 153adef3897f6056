"""Weights of photos, so that no class and no source dominates what is learnt."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.data.folder import Kind, Sample

# Shares of all weight; how many photos there are of each kind says nothing of what comes in.
KIND_SHARES: Final = {Kind.ITEM: 0.55, Kind.NEAR: 0.2, Kind.OTHER: 0.25}


def balanced_weights(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """Return a weight for each photo, summing to 1, so that no class or source dominates.

    Within a class a source counts by the root of its photos, within a kind a class by the root of
    its own; the kinds that there are have `KIND_SHARES`.
    """
    cells = Counter((sample.stratum, sample.source) for sample in samples)
    weights = np.array([cells[s.stratum, s.source] ** -0.5 for s in samples])
    strata = np.array([sample.stratum for sample in samples])
    for name in np.unique(strata):
        here = strata == name
        weights[here] *= here.sum() ** 0.5 / weights[here].sum()
    kinds = np.array([sample.kind for sample in samples])
    for kind, share in KIND_SHARES.items():
        here = kinds == kind
        if here.any():
            weights[here] *= share / weights[here].sum()
    return np.asarray(weights / weights.sum())
