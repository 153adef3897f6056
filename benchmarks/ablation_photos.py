"""The photos of the ablation as features: computed once, whatever is trained on them."""

import copy
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.ml.manifest import Preprocessing, sha256_of
from classifier.ml.network import HierarchicalResNet, StridePlacement, with_imagenet_backbone
from training.calibration.held_out import HeldOut
from training.calibration.near_unit import fit_near_unit
from training.data.content_hashes import content_hashes
from training.data.folder import Sample, read_photos
from training.data.splits.split import DatasetSplit, split_by_product
from training.data.splits.split_record import SplitBy, SplitRecord, split_as
from training.engine.presets import Augmentation
from training.engine.stages import TrainFrom, frozen_part
from training.evaluation.scoring import Truth, truth_of
from training.features.cache import FeatureCache, FeatureCacheBuilder, Views
from training.runtime.devices import Precision, autocast
from training.runtime.progress import Progress


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured on what.

    Attributes:
        photos, backbone, strides: as `manage.py train` takes them.
        cache: folder of features.
        share: of the training products that are trained on.
        views: of each training photo.
        precision: of the frozen part.
    """

    photos: Path
    backbone: Path
    strides: StridePlacement
    cache: Path
    share: float
    views: int
    precision: Precision


class AblationPhotos:
    """Training photos by augmentation, and held-out photos by how they are preprocessed.

    Args:
        asked: what is measured on what.
        train_from: the first part that is trained: stage 4, or the heads.
    """

    def __init__(self, asked: Asked, train_from: TrainFrom) -> None:
        self.asked, self._train_from = asked, train_from
        split = split_as(
            SplitRecord(0, SplitBy.NEAR_DUPLICATES), read_photos(asked.photos.resolve())
        )
        train = split_by_product(split.train, seed=0, shares={"chosen": asked.share})["chosen"]
        self.split = DatasetSplit(train, split.validation, split.test)
        self._kept: dict[tuple[str, str], FeatureCache] = {}
        self._near: dict[str, dict[str, torch.Tensor]] = {}
        self._untrained = with_imagenet_backbone(asked.backbone, asked.strides)

    def network(self, seed: int = 0) -> HierarchicalResNet:
        """Return a network with the backbone, and heads that start from random weights."""
        network = copy.deepcopy(self._untrained)
        torch.manual_seed(seed)
        for head in (network.main_head, network.sub_head, network.novelty_unit):
            head.reset_parameters()
        return network

    def fit_near_unit(
        self, network: HierarchicalResNet, training: HeldOut, validation: HeldOut, of: str
    ) -> None:
        """Fit the near unit. Of heads alone it is fitted once: their features are always the same.

        Args:
            of: names the photos and how they are made and preprocessed.
        """
        if self._train_from is not TrainFrom.HEADS or of not in self._near:
            fit_near_unit(network, self._train_from, training, validation)
            self._near[of] = copy.deepcopy(network.near_unit.state_dict())
        network.near_unit.load_state_dict(self._near[of])

    def training(self, augmentation: Augmentation) -> FeatureCache:
        """Return the training photos so augmented; ours has the evaluation view too."""
        if augmentation is Augmentation.LISTING:
            preprocessing = Preprocessing(fit="pad")
            views = Views(augmentation.made_for(preprocessing), augmentation, self.asked.views)
        else:
            preprocessing = Preprocessing()
            made = augmentation.made_for(preprocessing)
            views = Views(made, augmentation, self.asked.views, evaluation_view=False)
        return self._features("training", self.split.train, preprocessing, views)

    def held_out(self, split: str, preprocessing: Preprocessing) -> tuple[FeatureCache, Truth]:
        """Return validation or test photos, not augmented, and their true labels."""
        samples: list[Sample] = getattr(self.split, split)
        return self._features(split, samples, preprocessing, None), truth_of(samples)

    def _features(
        self, title: str, samples: list[Sample], preprocessing: Preprocessing, views: Views | None
    ) -> FeatureCache:
        name = (title, f"{preprocessing.fit} {views.name if views else ''}")
        if name not in self._kept:
            network = self.network()
            key = {
                "backbone": sha256_of(self.asked.backbone),
                "strides": str(self.asked.strides),
                "train_from": str(TrainFrom.LAYER4),
            }
            maps = FeatureCacheBuilder(
                frozen_part(network, TrainFrom.LAYER4),
                preprocessing,
                self.asked.cache,
                key,
                self.asked.precision,
            ).build(samples, title, views)
            if self._train_from is TrainFrom.HEADS:
                made_of = [
                    key,
                    repr(preprocessing),
                    name,
                    maps.views,
                    list(content_hashes(s.path for s in samples).values()),
                ]
                maps = self._pooled(maps, network, made_of)
            self._kept[name] = maps
        return self._kept[name]

    def _pooled(
        self, maps: FeatureCache, network: HierarchicalResNet, made_of: list[Any]
    ) -> FeatureCache:
        """Return the maps' pooled features, from a file where they were computed before."""
        digest = hashlib.sha256(repr([*made_of, self.asked.precision]).encode()).hexdigest()
        file = self.asked.cache / f"pooled-{digest[:20]}.npy"
        if not file.is_file():
            np.save(file, pooled(maps, network, self.asked.precision))
        return FeatureCache(np.load(file))


@torch.inference_mode()
def pooled(
    maps: FeatureCache, network: HierarchicalResNet, precision: Precision
) -> NDArray[np.float16]:
    """Return what an untrained stage 4 makes of its cached inputs, pooled: (photos, views, 2048).

    It saves a second pass through the whole backbone.
    """
    stage = network.backbone.get_submodule("layer4").eval().to(memory_format=torch.channels_last)
    values = np.empty((len(maps), maps.views, 2048), np.float16)
    with Progress("pooling", len(maps) * maps.views) as progress:
        for start in range(0, len(maps), 16):
            rows = np.arange(start, min(start + 16, len(maps)))
            for view in range(maps.views):
                taken = maps.read(rows, np.full_like(rows, view))
                with autocast(precision, taken.device):
                    out = stage(taken.contiguous(memory_format=torch.channels_last))
                values[rows, view] = out.float().mean(dim=(2, 3)).numpy()
                progress.advance(len(rows))
    return values
