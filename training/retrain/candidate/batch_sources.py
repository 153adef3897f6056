"""What a candidate is trained and chosen on: photos, kept outputs of the frozen part, replay."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from training.data.augment import ListingAugmentation
from training.data.dataset_rows import DatasetRow
from training.data.folder import Sample
from training.engine.stages import TrainFrom
from training.features.batch_sources import BatchSourceBuilder
from training.features.cache import FeatureCache, Views
from training.features.feature_batches import FeatureBatches
from training.features.replay import ReplayFeatures
from training.retrain.candidate.features import FeatureStore, JoinedCache
from training.retrain.data.collect import Collected
from training.retrain.request import RetrainError, RetrainRequest
from training.runtime.devices import make_accelerator, resolve_precision


def source_builder(
    collected: Collected,
    network: HierarchicalResNet,
    preprocessing: Preprocessing,
    request: RetrainRequest,
    folder: Path,
) -> BatchSourceBuilder:
    """Return what builds the batch sources of training and of validation photos.

    Args:
        collected: the photos.
        network: the champion's, as it was loaded.
        preprocessing: the champion's.
        request: what is trained.
        folder: of kept outputs of the frozen part; those of other frozen parts are deleted.

    Raises:
        RetrainError: if more than the heads is to be trained where photos are replayed.
    """
    config = request.config
    if collected.replay is not None and config.train_from is not TrainFrom.HEADS:
        raise RetrainError(
            f"Replay features are what the whole backbone makes of a photo, so nothing but the "
            f"heads can be trained on them; asked for was {config.train_from}. Name the folders of "
            "the base photos with --photos, or take --train-from heads."
        )
    views = Views(ListingAugmentation(preprocessing), "listing", request.views, config.seed)
    hashes = {collected.file_of(row): row.sha256 for row in collected.rows}
    if config.train_from.takes_photos:
        return BatchSourceBuilder(preprocessing, views, None, hashes)
    device = make_accelerator().device
    store = FeatureStore(
        network, config.train_from, preprocessing, folder, device=device, seed=config.seed,
        precision=resolve_precision(config.precision, device),
    )  # fmt: skip
    store.forget_others()
    replay = collected.replay
    features = store if replay is None else ReplayedFeatures(collected, replay, store)
    return BatchSourceBuilder(preprocessing, views, features, hashes)


class ReplayedFeatures:
    """Features of photos some of whose files are not here: those as the bundle has them.

    A `training.features.batch_sources.FeatureBuilder`.

    Args:
        collected: the photos.
        replay: features of those whose files are not here.
        store: features of those whose files are here.
    """

    def __init__(self, collected: Collected, replay: ReplayFeatures, store: FeatureStore) -> None:
        self._replay, self._store = replay, store
        self._replayed = {
            collected.file_of(row): row for row in collected.rows if collected.is_replayed(row)
        }

    def build(
        self,
        samples: Sequence[Sample],
        title: str,
        views: Views | None = None,
        *,
        sha256_of: Mapping[Path, str] | None = None,
    ) -> FeatureBatches:
        """Return the features of these photos; as `FeatureBuilder.build` says."""
        here = [sample for sample in samples if sample.path not in self._replayed]
        rows = [self._replayed[s.path] for s in samples if s.path in self._replayed]
        sources: list[FeatureBatches] = [
            FeatureCache(replayed_features(self._replay, rows)[:, None])
        ]
        if here:
            sources.append(self._store.build(here, title, views, sha256_of=sha256_of))
        numbers = [itertools.count(), itertools.count()]  # of the next photo in either source
        sides = [int(sample.path not in self._replayed) for sample in samples]
        positions = [(side, next(numbers[side])) for side in sides]
        return JoinedCache(sources, np.array(positions, dtype=np.intp))


def replayed_features(replay: ReplayFeatures, rows: Sequence[DatasetRow]) -> NDArray[np.float16]:
    """Return the replay features of these rows, (N, 2048)."""
    number = {sha256: position for position, sha256 in enumerate(replay.sha256)}
    return replay.features(np.array([number[row.sha256] for row in rows], dtype=np.intp))
