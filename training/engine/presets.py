"""The study's recipe and ours. docs/training.md says what each of our choices gains."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HeadLayout
from training.data.augment import ListingAugmentation, StudyAugmentation
from training.data.scenes.augmentation import Augment, SceneAugmentation
from training.engine.config import Loss, Schedule, TrainConfig
from training.engine.stages import TrainFrom


class Augmentation(StrEnum):
    """What training photos go through."""

    STUDY = "study"
    LISTING = "listing"
    SCENES = "scenes"

    def made_for(self, preprocessing: Preprocessing) -> Augment:
        """Return the augmentation; its pictures have the size that ``preprocessing`` says.

        Scenes are given to it later, from photos that are trained on
        (`training.data.scenes.augmentation.with_scenes_of`).
        """
        made: dict[Augmentation, Callable[[Preprocessing], Augment]] = {
            Augmentation.STUDY: StudyAugmentation,
            Augmentation.LISTING: ListingAugmentation,
            Augmentation.SCENES: SceneAugmentation,
        }
        return made[self](preprocessing)


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
        train_size: side of training views, in pixels, where photos are not kept as outputs of a
            frozen part.
        more_seeds: of further trainings, whose weights are averaged with the first one's.
    """

    about: str
    config: TrainConfig
    preprocessing: Preprocessing
    augmentation: Augmentation
    outliers: bool
    evaluation_view: bool
    train_size: int = 224
    more_seeds: tuple[int, ...] = ()


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

# For photos of sources that it never saw; docs/training.md has what was tried. Training views are
# smaller than what is served, in which pieces then look as large (FixRes, Touvron et al. 2019).
UNSEEN: Final = Preset(
    about="ours for unseen sources, for a GPU: scenes behind the pieces, the mean of two seeds",
    config=TrainConfig(
        train_from=TrainFrom.LAYER2,
        epochs=4,
        draws=65_000,
        batch_size=192,
        loss=Loss.JOINT,
        backbone_lr=3e-4,
        head_lr=2e-4,
        early_lr_share=0.5,
        schedule=Schedule.COSINE,
        warmup=0.1,
        weight_decay=0.02,
        clip=5.0,
        frozen_norms=True,
        smoothing=0.0,
        mixup=0.0,
        cutmix=0.3,
        outlier_weight=0.5,
        novelty_weight=0.5,
        dropout=0.0,
        ema=0.995,
        head_layout=HeadLayout.JOINT,
        interpolation=0.75,
    ),
    preprocessing=Preprocessing(fit="pad"),
    augmentation=Augmentation.SCENES,
    outliers=True,
    evaluation_view=True,
    train_size=192,
    more_seeds=(1,),
)

PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {"study": STUDY, "best": BEST, "unseen": UNSEEN}
)
