"""Published detectors, fitted to items alone; pytorch-ood has their formulas.

Each score is larger for what is less like an item.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import torch
from pytorch_ood.detector import GEN, KNN, RMD, EnergyBased, MaxSoftmax, ViM
from torch import Tensor

NEIGHBOURS: Final = 50  # the default of the paper and of pytorch-ood

Detector = Callable[[Tensor], Tensor]


def fitted_detectors(
    items: Tensor, classes: Tensor, weight: Tensor, bias: Tensor
) -> dict[str, Detector]:
    """Return each detector by name, as what turns features (N, D) into scores (N,).

    Args:
        items: features of items (N, D).
        classes: numbers of their subclasses (N,), from 0 on without a gap.
        weight, bias: (9, D) and (9,), of the subclass outputs.
    """

    def logits(features: Tensor) -> Tensor:
        return features @ weight.T + bias

    vim = ViM(None, d=items.shape[1] // 2, w=weight, b=bias).fit_features(items, classes)
    knn = KNN(None, k=min(NEIGHBOURS, len(items))).fit_features(items, classes)
    with _double_precision():
        gaussians = RMD(None).fit_features(items.double(), classes)
    of_classes = _distance(gaussians.mu, gaussians.precision)
    of_all = _distance(gaussians.background_mu[None], gaussians.background_precision)
    return {
        "maximum softmax": lambda features: MaxSoftmax.score(logits(features)),
        "energy": lambda features: EnergyBased.score(logits(features)),
        "GEN": lambda features: GEN.score(logits(features)),
        "Mahalanobis": of_classes,
        "relative Mahalanobis": lambda features: of_classes(features) - of_all(features),
        "nearest neighbours": knn.predict_features,
        "ViM": vim.predict_features,
    }


def _distance(centres: Tensor, precision: Tensor) -> Detector:
    """Return the squared Mahalanobis distance to the closest of K centres (K, D).

    The precision is taken apart once, so that a photo costs one product with it and not K.
    """
    root = torch.linalg.cholesky(precision)
    whitened_centres = centres @ root

    def distance(features: Tensor) -> Tensor:
        whitened = features.double() @ root
        return torch.cdist(whitened, whitened_centres).square().amin(dim=1)

    return distance


@contextmanager
def _double_precision() -> Iterator[None]:
    """Make tensors in double precision: a covariance of features is nearly singular."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
