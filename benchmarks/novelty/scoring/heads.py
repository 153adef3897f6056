"""Joint heads fitted to features of training photos: our present novelty and near units."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.ml.network import HeadLayout, HierarchicalResNet, joint_logits
from training.data.folder import Sample
from training.engine.joint_heads import fit_joint_heads


class Heads(NamedTuple):
    """Weights (13, D) and biases (13,): nine subclasses, near of each main class, others."""

    weight: Tensor
    bias: Tensor

    def outputs(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return subclasses (N, 9), near of each main class (N, 3) and others (N,)."""
        logits = features @ self.weight.T + self.bias
        return logits[:, :9], logits[:, 9:12], logits[:, 12]


def fitted_heads(features: NDArray[np.float32], samples: Sequence[Sample]) -> Heads:
    """Return joint heads, fitted by the regression that training begins with.

    Args:
        features: (N, 2048).
        samples: what the N photos show.
    """
    network = HierarchicalResNet(head_layout=HeadLayout.JOINT)
    fit_joint_heads(network, features, samples)
    parts = (network.sub_head, network.near_unit, network.novelty_unit)
    return Heads(
        torch.cat([part.weight.detach() for part in parts]),
        torch.cat([part.bias.detach() for part in parts]),
    )


def unit_scores(heads: Heads, features: Tensor) -> dict[str, Tensor]:
    """Return what the units say, as logits (N,): others, near among ours, and either."""
    sub, near, others = heads.outputs(features)
    logits = joint_logits(sub, near, others)
    either = torch.cat([near, others[:, None]], dim=1).logsumexp(dim=1) - sub.logsumexp(dim=1)
    return {"novelty unit": logits.novelty, "near unit": logits.near, "novelty or near": either}
