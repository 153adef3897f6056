"""What the network should say of a sample: soft targets, so that every loss term is the same kind.

An item has its main class and subclass. A near photo has its main class, and its subclass is spread
over that class's three: the right answer is "no subclass", so no one of them may be likely. Others
are spread over all classes (outlier exposure, Hendrycks et al. 2019) and are novel.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor

from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, TAXONOMY
from training.data.balance import balanced_weights
from training.data.folder import Kind, PhotosError, Sample

OUTPUTS: Final = len(SUBCLASSES) + len(MAIN_CLASSES) + 1  # of joint heads


class Targets(NamedTuple):
    """Targets of N samples; rows of ``main``, ``sub`` and ``joint`` sum to 1."""

    main: Tensor  # (N, 3)
    sub: Tensor  # (N, 9)
    novelty: Tensor  # (N,) 1 for others, 0 for the rest
    main_weight: Tensor  # (N,) weight of the main term
    sub_weight: Tensor  # (N,) weight of the subclass term
    near: Tensor  # (N,) 1 for near photos, 0 for the rest
    joint: Tensor  # (N, 13) of joint heads: subclasses, near of each main class, others
    balance: Tensor  # (N,) weight of the photo where photos are drawn (`training.data.balance`)

    def rows(self, index: Tensor) -> "Targets":
        """Return the targets of the chosen samples."""
        return Targets(*(column[index] for column in self))

    def on(self, device: torch.device) -> "Targets":
        """Return the targets on a device."""
        return Targets(*(column.to(device) for column in self))

    def mixed(self, order: Tensor, share: Tensor) -> "Targets":
        """Return ``share`` (N,) of these targets plus the rest from those in ``order`` (N,)."""
        columns = (column.lerp(column[order], 1 - _along(share, column)) for column in self)
        return Targets(*columns)


def _along(share: Tensor, column: Tensor) -> Tensor:
    """Return shares of rows (N,) in a shape that multiplies the column's rows."""
    return share.view(-1, *[1] * (column.dim() - 1))


def joint_labels(samples: Sequence[Sample]) -> NDArray[np.intp]:
    """Return each photo's output among the 13: its subclass, near of its main class, or others."""
    return np.array([_joint_label(sample) for sample in samples], dtype=np.intp)


def _joint_label(sample: Sample) -> int:
    if sample.main is None:
        return OUTPUTS - 1
    if sample.sub is None:
        return len(SUBCLASSES) + MAIN_CLASSES.index(sample.main)
    return SUBCLASSES.index(sample.sub)


def build_targets(
    samples: Sequence[Sample], *, smoothing: float = 0.0, outlier_weight: float = 0.5
) -> Targets:
    """Return soft targets; class weights are balanced as scikit-learn's `compute_class_weight`.

    Args:
        samples: the training photos.
        smoothing: share of an item's target spread over all classes of the head, 0 to 1; joint
            targets are not smoothed.
        outlier_weight: weight of a near or other photo's spread target, beside an item's 1.

    Raises:
        PhotosError: if a subclass has no photo.
    """
    missing = set(SUBCLASSES) - {s.sub for s in samples}
    if missing:
        raise PhotosError(
            f"There are no training photos of {', '.join(sorted(missing))}. "
            "Every subclass needs some."
        )
    main_weights = _balanced([s.main for s in samples if s.main], MAIN_CLASSES)
    sub_weights = _balanced([s.sub for s in samples if s.sub], SUBCLASSES)
    rows = [_row(s, smoothing, outlier_weight, main_weights, sub_weights) for s in samples]
    columns = (
        torch.tensor(np.array(column), dtype=torch.float32) for column in zip(*rows, strict=True)
    )
    joint = torch.from_numpy(np.eye(OUTPUTS, dtype=np.float32)[joint_labels(samples)])
    balance = torch.from_numpy(balanced_weights(samples)).float()
    return Targets(*(*columns, joint, balance))


def _balanced(labels: Sequence[str | None], classes: tuple[str, ...]) -> dict[str, float]:
    weights = compute_class_weight("balanced", classes=np.array(classes), y=np.array(labels))
    return dict(zip(classes, (float(w) for w in weights), strict=True))


def _row(
    sample: Sample,
    smoothing: float,
    outlier_weight: float,
    main_weights: dict[str, float],
    sub_weights: dict[str, float],
) -> tuple[list[float], list[float], float, float, float, float]:
    if sample.main is None:
        main, sub = _spread(MAIN_CLASSES, MAIN_CLASSES), _spread(SUBCLASSES, SUBCLASSES)
        return main, sub, 1.0, outlier_weight, outlier_weight, 0.0
    main = _spread(MAIN_CLASSES, (sample.main,), smoothing)
    if sample.kind is Kind.NEAR or sample.sub is None:
        sub = _spread(SUBCLASSES, TAXONOMY[sample.main])
        return main, sub, 0.0, main_weights[sample.main], outlier_weight, 1.0
    sub = _spread(SUBCLASSES, (sample.sub,), smoothing)
    return main, sub, 0.0, main_weights[sample.main], sub_weights[sample.sub], 0.0


def _spread(classes: tuple[str, ...], over: tuple[str, ...], smoothing: float = 0.0) -> list[float]:
    """Return 1 spread evenly over ``over``, of which ``smoothing`` goes evenly to all classes."""
    rest = smoothing / len(classes)
    return [rest + ((1 - smoothing) / len(over) if label in over else 0.0) for label in classes]
