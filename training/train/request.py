"""What `manage.py train` was asked for."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HeadLayout, StridePlacement
from training.calibration.promise import DEFAULT_PROMISE, Promise
from training.data.photo_folders import PhotoFolders
from training.data.splits.split_record import SplitRecord
from training.engine.config import TrainConfig
from training.engine.presets import Augmentation


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """One training, from photos to bundle.

    Attributes:
        photos: folders of labelled photos.
        output, name: the new bundle's folder, and its name.
        preset: the name of the recipe that the settings began with.
        backbone, stride_placement: ImageNet weights to start from.
        preprocessing: of photos that are validated, tested and tagged.
        augmentation: of training photos.
        outliers: whether near photos and others take part in training.
        views: cached views of a training photo.
        evaluation_view: whether the first of them is not augmented, as photos are evaluated.
        train_size: side of training views, in pixels, where the trained part takes photos; kept
            outputs are of views as large as photos are served.
        split: how the photos are split.
        cache: folder of caches and checkpoints.
        config: the settings of the loop; its seed is the first training's.
        more_seeds: of further trainings, whose weights are averaged with the first one's.
        promise: what the thresholds keep.
        cross_fit: in how many folds training photos are scored by networks that did not see them,
            so that they can choose thresholds; 0 leaves that out.
    """

    photos: PhotoFolders
    output: Path
    name: str
    preset: str
    backbone: str
    stride_placement: StridePlacement
    preprocessing: Preprocessing
    augmentation: Augmentation
    outliers: bool
    views: int
    evaluation_view: bool
    train_size: int
    split: SplitRecord
    cache: Path
    config: TrainConfig
    promise: Promise = DEFAULT_PROMISE
    cross_fit: int = 0
    more_seeds: tuple[int, ...] = ()
    # Not part of what names a run, which goes by the repr.
    finish: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"Each seed is trained once; these are {self.seeds}.")
        if self.more_seeds and self.config.head_layout is not HeadLayout.JOINT:
            raise ValueError(
                "The weights of several seeds have a mean only where all began alike, as joint "
                "heads do. Take --head-layout joint, or one --seed."
            )
        replace(self.preprocessing, size=self.train_size)  # a view has the bounds of a photo
        for seed in self.more_seeds:
            replace(self.config, seed=seed)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seeds of all trainings."""
        return (self.config.seed, *self.more_seeds)
