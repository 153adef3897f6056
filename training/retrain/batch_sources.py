"""What a candidate is trained and chosen on: photos, kept outputs of the frozen part, replay."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from classifier.models import Split
from training.data.augment import ListingAugmentation
from training.data.batches import BatchSource, PhotoBatches
from training.data.dataset_rows import DatasetRow
from training.engine.stages import TrainFrom
from training.features.cache import FeatureCache
from training.features.feature_batches import FeatureBatches
from training.features.replay import ReplayFeatures
from training.retrain.data.collect import Collected
from training.retrain.features import FeatureStore, JoinedCache, Photo
from training.retrain.request import RetrainError, RetrainRequest
from training.runtime.devices import make_accelerator, resolve_precision


def make_batch_sources(
    collected: Collected,
    network: HierarchicalResNet,
    preprocessing: Preprocessing,
    request: RetrainRequest,
    folder: Path,
) -> tuple[BatchSource, BatchSource]:
    """Return the batch sources of training and of validation photos.

    Args:
        collected: the photos.
        network: the champion's, as it was loaded.
        preprocessing: the champion's.
        request: what is trained.
        folder: of kept outputs of the frozen part.

    Raises:
        RetrainError: if more than the heads is to be trained where photos are replayed.
        CacheError, UnreadablePhotoError
    """
    config = request.config
    trained, held_out = collected.of_split(Split.TRAIN), collected.of_split(Split.VALIDATION)
    if collected.replay is not None and config.train_from is not TrainFrom.HEADS:
        raise RetrainError(
            f"Replay features are what the whole backbone makes of a photo, so nothing but the "
            f"heads can be trained on them; asked for was {config.train_from}. Name the folders of "
            "the base photos with --photos, or take --train-from heads."
        )
    if config.train_from is TrainFrom.ALL:
        samples = [photo.sample for photo in _photos(collected, trained)]
        return (
            PhotoBatches(samples, preprocessing, ListingAugmentation(preprocessing)),
            PhotoBatches([p.sample for p in _photos(collected, held_out)], preprocessing),
        )
    device = make_accelerator().device
    store = FeatureStore(
        network,
        config.train_from,
        preprocessing,
        folder,
        device=device,
        seed=config.seed,
        precision=resolve_precision(config.precision, device),
    )
    store.forget_others()
    return (
        _features(collected, trained, store, "training photos", request.views),
        _features(collected, held_out, store, "validation photos", 1),
    )


def _features(
    collected: Collected, rows: Sequence[DatasetRow], store: FeatureStore, title: str, views: int
) -> BatchSource:
    """Return the rows' features: replayed ones as the bundle has them, others from their photos."""
    if collected.replay is None:
        return store.features(_photos(collected, rows), title, views=views)
    replayed = [row for row in rows if collected.is_replayed(row)]
    features = replayed_features(collected.replay, replayed)
    sources: list[FeatureBatches] = [FeatureCache(features[:, None])]
    here = [row for row in rows if not collected.is_replayed(row)]
    if here:
        sources.append(store.features(_photos(collected, here), title, views=views))
    numbers = [0, 0]
    places = []
    for row in rows:
        source = int(not collected.is_replayed(row))
        places.append((source, numbers[source]))
        numbers[source] += 1
    return JoinedCache(sources, np.array(places, dtype=np.intp))


def replayed_features(replay: ReplayFeatures, rows: Sequence[DatasetRow]) -> NDArray[np.float16]:
    """Return the replay features of these rows, (N, 2048)."""
    number = {sha256: position for position, sha256 in enumerate(replay.sha256)}
    return replay.features(np.array([number[row.sha256] for row in rows], dtype=np.intp))


def _photos(collected: Collected, rows: Sequence[DatasetRow]) -> list[Photo]:
    return [Photo(row.sha256, row.sample(collected.file_of(row))) for row in rows]
