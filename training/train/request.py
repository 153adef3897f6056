"""What `manage.py train` was asked for."""

from dataclasses import dataclass, field
from pathlib import Path

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import StridePlacement
from training.calibration.promise import DEFAULT_PROMISE, Promise
from training.data.photo_folders import PhotoFolders
from training.data.split_record import SplitRecord
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
        split: how the photos are split.
        cache: folder of caches and checkpoints.
        config: the settings of the loop.
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
    split: SplitRecord
    cache: Path
    config: TrainConfig
    promise: Promise = DEFAULT_PROMISE
    cross_fit: int = 0
    # Not part of what names a run, which goes by the repr.
    finish: bool = field(default=False, repr=False)
