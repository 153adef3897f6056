"""One training run's settings, checked when they are made."""

from dataclasses import dataclass
from enum import StrEnum

from classifier.ml.network import HeadLayout
from training.engine.stages import TrainFrom
from training.runtime.devices import Precision


class Schedule(StrEnum):
    """How the learning rates change."""

    COSINE = "cosine"  # a rise, then a cosine to zero
    PLATEAU = "plateau"  # halved after three epochs without a better score: the study's


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings of `training.engine.trainer.fit`.

    Attributes:
        train_from: the first part of the network that is trained.
        epochs: passes over the training photos; views of a photo take turns.
        batch_size: photos a step, over all processes together.
        backbone_lr, head_lr: peak learning rates (the study's: 1e-4 and 1e-3).
        schedule: how they change.
        warmup: share of all steps in which the rates rise before the cosine.
        weight_decay: of AdamW, which without any is Adam.
        smoothing: label smoothing of items.
        mixup: alpha of the Beta distribution of manifold mixup (Verma et al. 2019); 0 is off.
        outlier_weight: weight of near and other photos in the class losses, and of a joint head's
            near loss.
        novelty_weight: weight of the novelty loss beside the class losses; 0 leaves the novelty
            unit untrained.
        dropout: share of pooled features dropped while training.
        ema: decay of the averaged weights, which are the ones kept; 0 is off.
        head_layout: separate heads, or joint ones, which are fitted by regression before the loop
            (`training.engine.joint_heads`), and once more after an interpolation.
        interpolation: how far the backbone is left from its start, as a share of the way it was
            trained; 1 leaves it where the loop did (`training.engine.interpolation`).
        precision: of the passes through the trained part.
        seed: of everything random.
    """

    train_from: TrainFrom = TrainFrom.LAYER4
    epochs: int = 10
    batch_size: int = 64
    backbone_lr: float = 1e-4
    head_lr: float = 1e-3
    schedule: Schedule = Schedule.COSINE
    warmup: float = 0.05
    weight_decay: float = 0.01
    smoothing: float = 0.05
    mixup: float = 0.2
    outlier_weight: float = 0.5
    novelty_weight: float = 0.5
    dropout: float = 0.2
    ema: float = 0.99
    head_layout: HeadLayout = HeadLayout.SEPARATE
    interpolation: float = 1.0
    precision: Precision = Precision.AUTO
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1; it is {getattr(self, name)}.")
        for name in ("backbone_lr", "head_lr"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0; it is {getattr(self, name)}.")
        for name in ("warmup", "smoothing", "ema", "dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must lie in [0, 1); it is {getattr(self, name)}.")
        if not 0 <= self.interpolation <= 1:
            raise ValueError(f"interpolation must lie in [0, 1]; it is {self.interpolation}.")
        for name in ("weight_decay", "mixup", "outlier_weight", "novelty_weight", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be below 0; it is {getattr(self, name)}.")
