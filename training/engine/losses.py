"""The training losses."""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, log_softmax

from classifier.ml.network import Logits
from training.data.targets import Targets


def class_loss(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return the weighted cross-entropy of soft targets, averaged over the sum of weights."""
    losses = -(target * log_softmax(logits, dim=1)).sum(dim=1)  # (N,)
    return (losses * weight).sum() / weight.sum()


def heads_loss(logits: Logits, targets: Targets) -> Tensor:
    """Return the weighted cross-entropy of both heads, summed: the study's loss."""
    main = class_loss(logits.main, targets.main, targets.main_weight)
    return main + class_loss(logits.sub, targets.sub, targets.sub_weight)


def near_loss(logits: Logits, targets: Targets) -> Tensor:
    """Return the cross-entropy of near photos against items; others take no part.

    Zero, with a gradient, where there are only others.
    """
    ours = 1 - targets.novelty  # (N,)
    losses = binary_cross_entropy_with_logits(logits.near, targets.near, reduction="none")
    return (losses * ours).sum() / ours.sum().clamp_min(1)


def total_loss(
    logits: Logits, targets: Targets, novelty_weight: float, near_weight: float = 0.0
) -> Tensor:
    """Return both heads' loss + weighted novelty loss + weighted near loss.

    With weight 0 the novelty unit still gets a gradient, of zero: several processes wait for the
    gradient of every parameter. The near loss is for joint heads; a near unit beside separate
    heads is fitted afterwards.
    """
    novelty = binary_cross_entropy_with_logits(logits.novelty, targets.novelty)
    loss = heads_loss(logits, targets) + novelty_weight * novelty
    return loss + near_weight * near_loss(logits, targets) if near_weight else loss


def joint_loss(outputs: Tensor, targets: Targets) -> Tensor:
    """Return the cross-entropy of joint heads' outputs (N, 13) and soft targets, averaged."""
    return cross_entropy(outputs, targets.joint)
