"""The study's recipe and ours. docs/training.md says what each of our choices gains."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HeadLayout
from training.data.augment import ListingAugmentation, StudyAugmentation
from training.engine.config import Schedule, TrainConfig
from training.engine.stages import TrainFrom


class Augmentation(StrEnum):
    """What training photos go through."""

    STUDY = "study"
    LISTING = "listing"

    def made_for(self, preprocessing: Preprocessing) -> StudyAugmentation | ListingAugmentation:
        """Return the augmentation; its pictures have the size that ``preprocessing`` says."""
        return (StudyAugmentation if self is Augmentation.STUDY else ListingAugmentation)(
            preprocessing
        )


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe.

    Attributes:
        about: one line for people.
        config: the settings of the loop.
        preprocessing: of photos that are validated, tested and tagged.
        augmentation: of training photos.
        outliers: whether near photos and others take part in training.
        evaluation_view: whether one of its cached views is not augmented.
    """

    about: str
    config: TrainConfig
    preprocessing: Preprocessing
    augmentation: Augmentation
    outliers: bool
    evaluation_view: bool


# Adam is AdamW without weight decay. The study trained the longest 60 epochs; the best of them is
# chosen on validation photos.
STUDY: Final = Preset(
    about="the study's recipe",
    config=TrainConfig(
        train_from=TrainFrom.ALL,
        epochs=60,
        batch_size=32,
        backbone_lr=1e-4,
        head_lr=1e-3,
        schedule=Schedule.PLATEAU,
        warmup=0.0,
        weight_decay=0.0,
        smoothing=0.0,
        mixup=0.0,
        outlier_weight=0.5,
        novelty_weight=0.0,
        dropout=0.0,
        ema=0.0,
    ),
    preprocessing=Preprocessing(fit="centre_crop", resize=256),
    augmentation=Augmentation.STUDY,
    outliers=False,
    evaluation_view=False,
)

# What was tried and did not raise the validation score is off: docs/training.md has the figures.
BEST: Final = Preset(
    about="ours",
    config=TrainConfig(
        train_from=TrainFrom.LAYER4,
        epochs=10,
        batch_size=64,
        backbone_lr=1e-4,
        head_lr=1e-3,
        schedule=Schedule.PLATEAU,
        warmup=0.0,
        weight_decay=0.0,
        smoothing=0.0,
        mixup=0.0,
        outlier_weight=0.5,
        novelty_weight=0.5,
        dropout=0.0,
        ema=0.0,
    ),
    preprocessing=Preprocessing(fit="pad"),
    augmentation=Augmentation.LISTING,
    outliers=True,
    evaluation_view=True,
)

# A short training that stays near its start: it is meant for photos of sources that it never saw.
UNSEEN: Final = replace(
    BEST,
    about="ours for unseen sources: joint heads, near the start",
    config=replace(
        BEST.config, epochs=2, schedule=Schedule.COSINE, warmup=0.08, weight_decay=0.01, ema=0.99,
        head_layout=HeadLayout.JOINT,
    ),
)  # fmt: skip

PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {"study": STUDY, "best": BEST, "unseen": UNSEEN}
)
