"""Distances to labelled photos that are no items, beside those to items: a detector with labels."""

from typing import Final

import torch
from torch import Tensor

NEAREST: Final = 10  # neighbours whose farthest counts


def neighbour_scores(features: Tensor, items: Tensor, beyond: Tensor) -> Tensor:
    """Return how much closer features lie to photos beyond the items than to items, (N,).

    Distances are those of normalised features to the tenth nearest (Sun et al. 2022, there to items
    alone).

    Args:
        features: (N, D), of the photos that are judged.
        items: (I, D).
        beyond: (B, D), of others or of near photos.
    """
    return _distance(features, items) - _distance(features, beyond)


def _distance(features: Tensor, known: Tensor) -> Tensor:
    likeness = _normalised(features) @ _normalised(known).T
    nearest = likeness.topk(min(NEAREST, len(known)), dim=1).values[:, -1]
    return (2 - 2 * nearest).clamp(min=0).sqrt()


def _normalised(features: Tensor) -> Tensor:
    return torch.nn.functional.normalize(features, dim=1)
