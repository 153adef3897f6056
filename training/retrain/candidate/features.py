"""What the frozen part makes of photos, kept from retraining to retraining.

Features are kept by the photo's hash, so a photo is computed once for as long as the frozen part
stays what it is: base photos in the first retraining, each reviewed photo in the first one it
takes part in. Where the frozen part is another, all of it is computed anew and the old is deleted.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.ml.atomic_write import atomic_write
from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from training.data.batches import Rows
from training.data.content_hashes import content_hashes
from training.data.folder import PhotosError, Sample
from training.engine.stages import TrainedPart, TrainFrom, frozen_part
from training.features.cache import FeatureCache, FeatureCacheBuilder, Views
from training.features.feature_batches import CPU, FeatureBatches
from training.runtime.devices import Precision

INDEX: Final = "index.json"


class JoinedCache(FeatureBatches):
    """Rows of several sources of features, as one source in an order of its own.

    Args:
        caches: the sources; where one has fewer views than another, its own take turns.
        positions: (N, 2): of each photo, which cache and which of its photos.
    """

    def __init__(self, caches: Sequence[FeatureBatches], positions: NDArray[np.intp]) -> None:
        self._caches, self._positions = caches, positions

    def __len__(self) -> int:
        return len(self._positions)

    @property
    def views(self) -> int:
        """How many views there are of each photo."""
        return max(cache.views for cache in self._caches)

    def read(self, photos: Rows, views: Rows, device: torch.device = CPU) -> Tensor:
        """Return the chosen views of the chosen photos as float32.

        Raises:
            ValueError: if no photo is chosen.
        """
        which, rows = self._positions[photos].T
        features: Tensor | None = None
        for number in np.unique(which):
            here = np.flatnonzero(which == number)
            cache = self._caches[number]
            values = cache.read(rows[here], views[here] % cache.views)
            if features is None:
                features = torch.empty((len(photos), *values.shape[1:]))
            features[torch.from_numpy(here)] = values
        if features is None:
            raise ValueError("No photos were chosen.")
        return features.to(device)


class FeatureStore:
    """Features of photos by the frozen part of a network.

    Args:
        network: whose part before ``train_from`` is frozen.
        train_from: the first part that is trained.
        preprocessing: the evaluation transform.
        folder: where all features lie.
        device: that computes, and with which precision.
        seed: of the augmentation's chance.
    """

    def __init__(
        self,
        network: HierarchicalResNet,
        train_from: TrainFrom,
        preprocessing: Preprocessing,
        folder: Path,
        *,
        device: torch.device,
        precision: Precision = Precision.FP32,
        seed: int = 0,
    ) -> None:
        key = {
            "frozen": frozen_hash(network, train_from),
            "preprocessing": repr(preprocessing),
            "seed": str(seed),
            "precision": str(precision),
        }
        name = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]
        self._all, self._folder = folder, folder / name
        frozen = frozen_part(network, train_from).to(device)

        def builder(of: Path) -> FeatureCacheBuilder:
            return FeatureCacheBuilder(frozen, preprocessing, of, key, precision)

        self._builder = builder

    def forget_others(self) -> None:
        """Delete what other frozen parts made: they take gigabytes, and are rarely wanted again."""
        for other in self._all.glob("*"):
            if other.is_dir() and other != self._folder:
                shutil.rmtree(other, ignore_errors=True)

    def build(
        self,
        samples: Sequence[Sample],
        title: str,
        views: Views | None = None,
        *,
        sha256_of: Mapping[Path, str] | None = None,
    ) -> JoinedCache:
        """Return the features of these photos, computing those that are not on disk yet.

        It takes and raises what `training.features.batch_sources.FeatureBuilder` says.
        """
        if not samples:
            raise PhotosError(f"There are no {title}.")
        if sha256_of is None:
            sha256_of = content_hashes(sample.path for sample in samples)
        if views and views.count == 1:
            views = None  # the evaluation view alone
        hashes = [sha256_of[sample.path] for sample in samples]
        kept = self._folder / f"{views.count if views else 1}-views"
        index = _read_index(kept)
        missing = {
            sha256: sample
            for sha256, sample in zip(hashes, samples, strict=True)
            if sha256 not in index
        }
        if missing:
            index |= self._compute(dict(sorted(missing.items())), kept, title, views)
            _write_index(kept, index)
        names = sorted({index[sha256][0] for sha256 in hashes})
        caches = [_open(kept / name, views.count if views else 1) for name in names]
        number = {name: position for position, name in enumerate(names)}
        positions = [(number[name], row) for name, row in (index[sha256] for sha256 in hashes)]
        return JoinedCache(caches, np.array(positions, dtype=np.intp))

    def _compute(
        self, missing: Mapping[str, Sample], kept: Path, title: str, views: Views | None
    ) -> dict[str, tuple[str, int]]:
        """Compute what is missing, in a folder of its own; return where each photo's row lies."""
        name = hashlib.sha256("".join(missing).encode()).hexdigest()[:16]
        self._builder(kept / name).build(
            list(missing.values()),
            title,
            views,
            sha256_of={sample.path: sha256 for sha256, sample in missing.items()},
        )
        return {sha256: (name, row) for row, sha256 in enumerate(missing)}


def _read_index(folder: Path) -> dict[str, tuple[str, int]]:
    path = folder / INDEX
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {sha256: (name, row) for sha256, (name, row) in kept.items()}


def _write_index(folder: Path, index: Mapping[str, tuple[str, int]]) -> None:
    atomic_write(folder / INDEX, json.dumps(index))


def _open(folder: Path, views: int) -> FeatureCache:
    # Copies of the same photos at another place give the same rows under another name.
    path = next(p for p in sorted(folder.glob("*.npy")) if not p.name.endswith(".partial.npy"))
    flat = np.load(path, mmap_mode="r")
    return FeatureCache(flat.reshape(-1, views, *flat.shape[1:]))


def frozen_hash(network: HierarchicalResNet, train_from: TrainFrom) -> str:
    """Return a SHA-256 over the weights that are not trained, and where the strides lie."""
    trained = {id(value) for value in _values(TrainedPart(network, train_from)).values()}
    digest = hashlib.sha256(str(network.stride_placement).encode())
    for name, tensor in sorted(_values(network).items()):
        if id(tensor) not in trained:
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _values(part: nn.Module) -> dict[str, Tensor]:
    """Return parameters and buffers as the objects they are, not as copies."""
    return {**dict(part.named_parameters()), **dict(part.named_buffers())}
