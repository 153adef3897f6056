"""One training run's settings, checked when they are made."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from classifier.ml.network import HeadLayout
from training.engine.stages import TrainFrom
from training.runtime.devices import Precision


class Schedule(StrEnum):
    """How the learning rates change."""

    COSINE = "cosine"  # a rise, then a cosine to zero
    PLATEAU = "plateau"  # halved after three epochs without a better score: the study's


class Loss(StrEnum):
    """What the weights are moved against."""

    LEVELS = "levels"  # main class, subclass, novelty and near each by itself, weighted by class
    JOINT = "joint"  # cross-entropy of joint heads' one softmax, each photo alike


# Settings of `TrainConfig`, what a value must pass, and the same in words.
_BOUNDS: Final[tuple[tuple[tuple[str, ...], Callable[[float], bool], str], ...]] = (
    (("epochs", "batch_size"), lambda value: value >= 1, "be at least 1"),
    (("backbone_lr", "head_lr"), lambda value: value > 0, "be above 0"),
    (("warmup", "smoothing", "ema", "dropout"), lambda value: 0 <= value < 1, "lie in [0, 1)"),
    (("interpolation", "early_lr_share", "cutmix"), lambda v: 0 <= v <= 1, "lie in [0, 1]"),
    (
        ("draws", "weight_decay", "clip", "mixup", "outlier_weight", "novelty_weight", "seed"),
        lambda value: value >= 0,
        "not be below 0",
    ),
)


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings of `training.engine.trainer.fit`.

    Attributes:
        train_from: the first part of the network that is trained.
        epochs: passes over the training photos; views of a photo take turns.
        draws: photos drawn an epoch, with replacement, so that no class and no source dominates
            (`training.data.balance`); 0 takes each photo once an epoch.
        batch_size: photos a step, over all processes together.
        loss: the levels' own losses, or joint heads' one.
        backbone_lr, head_lr: peak learning rates (the study's: 1e-4 and 1e-3).
        early_lr_share: of ``backbone_lr``, for layer 2 and what comes before it.
        schedule: how they change.
        warmup: share of all steps in which the rates rise before the cosine.
        weight_decay: of AdamW, which without any is Adam.
        clip: the gradient's largest norm; 0 is off.
        frozen_norms: whether batch norms stay as they came, statistics and weights, where the
            convolutions around them are trained.
        smoothing: label smoothing of items; for the levels' losses.
        mixup: alpha of the Beta distribution of manifold mixup (Verma et al. 2019); 0 is off.
        cutmix: share of the steps in which a rectangle of each photo, or of each output of the
            frozen part, is another's (Yun et al. 2019); features have no places, and are not cut.
        outlier_weight: weight of near and other photos in the class losses, and of a joint head's
            near loss; for the levels' losses.
        novelty_weight: weight of the novelty loss beside the class losses; 0 leaves the novelty
            unit untrained, above 0 is all the same to a joint loss.
        dropout: share of pooled features dropped while training.
        ema: decay of the averaged weights, which are the ones kept; 0 is off.
        head_layout: separate heads, or joint ones, which are fitted by regression before the loop
            (`training.engine.joint_heads`).
        interpolation: how far the weights are left from their start, as a share of the way they
            were trained; 1 leaves it where the loop did (`training.engine.weights.interpolation`).
        precision: of the passes through the trained part.
        seed: of everything random.
    """

    train_from: TrainFrom = TrainFrom.LAYER4
    epochs: int = 10
    draws: int = 0
    batch_size: int = 64
    loss: Loss = Loss.LEVELS
    backbone_lr: float = 1e-4
    head_lr: float = 1e-3
    early_lr_share: float = 1.0
    schedule: Schedule = Schedule.COSINE
    warmup: float = 0.05
    weight_decay: float = 0.01
    clip: float = 0.0
    frozen_norms: bool = False
    smoothing: float = 0.05
    mixup: float = 0.2
    cutmix: float = 0.0
    outlier_weight: float = 0.5
    novelty_weight: float = 0.5
    dropout: float = 0.2
    ema: float = 0.99
    head_layout: HeadLayout = HeadLayout.SEPARATE
    interpolation: float = 1.0
    precision: Precision = Precision.AUTO
    seed: int = 0

    def __post_init__(self) -> None:
        for names, fits, wanted in _BOUNDS:
            for name in names:
                if not fits(value := getattr(self, name)):
                    raise ValueError(f"{name} must {wanted}; it is {value}.")
        if self.loss is Loss.JOINT and self.head_layout is not HeadLayout.JOINT:
            raise ValueError("A joint loss is that of joint heads; these are separate.")
        if self.loss is Loss.JOINT and self.novelty_weight == 0:
            raise ValueError("A joint loss trains the novelty unit, too; novelty_weight is 0.")
