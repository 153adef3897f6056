"""Both phases of the study, run on one's own photos."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import torch

from classifier.ml.manifest import Preprocessing, sha256_of
from classifier.ml.network import HierarchicalResNet, StridePlacement, with_imagenet_backbone
from training import published
from training.data.augment import StudyAugmentation
from training.data.batches import BatchSource, PhotoBatches
from training.data.folder import PhotosError, Sample
from training.data.photo_folders import PhotoFolders
from training.engine.presets import STUDY
from training.engine.stages import TrainFrom, frozen_part
from training.evaluation.scoring import Probabilities
from training.features.cache import FeatureCacheBuilder
from training.paper.photo_sets import PhotoSet, PhotoSets, read_photo_sets
from training.paper.recipe import PhasePhotos, PhaseRun, run_phase

logger = logging.getLogger(__name__)

PHASE_1_BATCH: Final = 4
PHASE_2_BATCHES: Final = (16, 32)


@dataclass(frozen=True, slots=True)
class ExperimentRequest:
    """What `manage.py reproduce_paper` was asked for.

    Attributes:
        photos: folders of labelled photos.
        backbone, stride_placement: as `manage.py train` takes them.
        quick: train the heads alone, on cached features of the frozen backbone.
        cache: folder of these features.
        at_most_epochs: cuts every run short, for a trial; None runs the study's lengths.
        seed: of split, weights and order.
    """

    photos: PhotoFolders
    backbone: str
    stride_placement: StridePlacement
    quick: bool
    cache: Path
    at_most_epochs: int | None = None
    seed: int = 0

    def epochs(self, asked: Sequence[int]) -> tuple[int, ...]:
        """Return the training lengths of a phase, cut short where that is asked."""
        if self.at_most_epochs is None:
            return tuple(asked)
        return tuple(sorted({min(epochs, self.at_most_epochs) for epochs in asked}))


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The runs of the experiment; those of Phase 2 by batch size."""

    sets: PhotoSets
    phase_1: PhaseRun
    phase_2: Mapping[int, PhaseRun]

    @property
    def phase_1_on_phase_2(self) -> Probabilities:
        """Scores that Phase 1's network gives Phase 2's validation photos."""
        if self.phase_1.beside is None:
            raise ValueError("Phase 1 was run without Phase 2's photos beside it.")
        return self.phase_1.beside


class Regime(Protocol):
    """How a phase is trained: which part of the network, on which inputs."""

    train_from: TrainFrom

    def network(self) -> HierarchicalResNet:
        """Return a network with the ImageNet backbone and fresh heads."""

    def training(self, samples: Sequence[Sample]) -> PhasePhotos:
        """Return training photos."""

    def validation(self, samples: Sequence[Sample]) -> PhasePhotos:
        """Return validation photos, never augmented."""


class WholeNetwork:
    """The study's: all of the network, on photos augmented on the fly."""

    train_from = TrainFrom.ALL

    def __init__(self, request: ExperimentRequest) -> None:
        self._request, self._preprocessing = request, Preprocessing()

    def network(self) -> HierarchicalResNet:
        """Return a network with the ImageNet backbone and fresh heads."""
        torch.manual_seed(self._request.seed)  # the heads start from random weights
        return with_imagenet_backbone(self._request.backbone, self._request.stride_placement)

    def training(self, samples: Sequence[Sample]) -> PhasePhotos:
        """Return photos that are augmented anew each time."""
        return PhasePhotos(
            samples,
            PhotoBatches(samples, self._preprocessing, StudyAugmentation(self._preprocessing)),
        )

    def validation(self, samples: Sequence[Sample]) -> PhasePhotos:
        """Return photos cut from the centre."""
        return PhasePhotos(samples, PhotoBatches(samples, self._preprocessing))


class HeadsOnly(WholeNetwork):
    """The quick one: the heads, on cached features of photos cut from the centre."""

    train_from = TrainFrom.HEADS

    def __init__(self, request: ExperimentRequest, readable: Sequence[Sample]) -> None:
        super().__init__(request)
        backbone = Path(request.backbone)
        key = {
            "backbone": sha256_of(backbone) if backbone.is_file() else request.backbone,
            "strides": str(request.stride_placement),
            "train_from": str(TrainFrom.HEADS),
        }
        frozen = frozen_part(self.network(), TrainFrom.HEADS)
        self._row_of = {sample.path: row for row, sample in enumerate(readable)}
        self._cache = FeatureCacheBuilder(frozen, self._preprocessing, request.cache, key).build(
            readable, "features"
        )

    def training(self, samples: Sequence[Sample]) -> PhasePhotos:
        """Return cached features."""
        rows = np.array([self._row_of[sample.path] for sample in samples], dtype=np.intp)
        return PhasePhotos(samples, self._cache.only(rows))

    validation = training


def run_experiment(request: ExperimentRequest) -> Outcomes:
    """Run Phase 1 and both batch sizes of Phase 2.

    Raises:
        PhotosError, CacheError, TrainingError, UnreadablePhotoError, FileNotFoundError, ValueError
    """
    sets = read_photo_sets(request.photos, request.seed)
    logger.info("%s %s", sets.selection, sets.report)
    regime: Regime = HeadsOnly(request, sets.photos) if request.quick else WholeNetwork(request)
    with _one_thread() if request.quick else nullcontext():
        return _run_phases(request, regime, sets)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread: the heads' steps are too small to share out."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _run_phases(request: ExperimentRequest, regime: Regime, sets: PhotoSets) -> Outcomes:
    everywhere = regime.validation(_needed(sets.phase_2).validation)
    logger.info("Phase 1, batch size %d.", PHASE_1_BATCH)
    phase_1 = _run(
        request,
        regime,
        _needed(sets.phase_1),
        PHASE_1_BATCH,
        published.PHASE_1_EPOCHS,
        beside=everywhere.batches,
    )
    phase_2 = {}
    for batch_size in PHASE_2_BATCHES:
        logger.info("Phase 2, batch size %d.", batch_size)
        phase_2[batch_size] = _run(
            request, regime, sets.phase_2, batch_size, published.PHASE_2_EPOCHS
        )
    return Outcomes(sets, phase_1, phase_2)


def _needed(photos: PhotoSet) -> PhotoSet:
    if not photos.validation:
        raise PhotosError(
            "A fifth of the products is held out, and here that leaves no photo to validate on. "
            "Both phases need more photos."
        )
    return photos


def _run(
    request: ExperimentRequest,
    regime: Regime,
    photos: PhotoSet,
    batch_size: int,
    epochs: Sequence[int],
    beside: BatchSource | None = None,
) -> PhaseRun:
    config = replace(
        STUDY.config, train_from=regime.train_from, batch_size=batch_size, seed=request.seed
    )
    return run_phase(
        regime.network(),
        config,
        regime.training(photos.train),
        regime.validation(photos.validation),
        epochs=request.epochs(epochs),
        beside=beside,
    )
