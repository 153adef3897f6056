"""Outputs of the frozen part for every photo, computed once and kept on disk.

The frozen part holds most of the network's work. Keeping its output for a few augmented views of
each photo makes an epoch on a CPU minutes instead of hours.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import UnreadablePhotoError, decode, to_tensor
from training.data.batches import Rows
from training.data.content_hashes import content_hashes
from training.data.dataset import PhotoDataset
from training.data.folder import Kind, PhotosError, Sample
from training.data.scenes.augmentation import SceneAugmentation
from training.features.feature_batches import CPU, FeatureBatches
from training.features.partial_cache import CacheError, PartialCache, fill
from training.runtime.devices import Precision
from training.runtime.seeding import seeded

__all__ = ["CacheError", "FeatureCache", "FeatureCacheBuilder", "Views"]


class FeatureCache(FeatureBatches):
    """Half-precision outputs of the frozen part, (photos, views, …), mapped from disk."""

    def __init__(self, values: NDArray[np.float16]) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    @property
    def views(self) -> int:
        return int(self._values.shape[1])

    def read(self, photos: Rows, views: Rows, device: torch.device = CPU) -> Tensor:
        """Return the chosen views of the chosen photos as float32."""
        # Half precision crosses to the device: half of what float32 would be.
        return torch.from_numpy(self._values[photos, views]).to(device).float()

    def only(self, photos: Rows) -> "FeatureCache":
        """Return these photos alone, in this order, held in memory."""
        return FeatureCache(self._values[photos])


@dataclass(frozen=True, slots=True)
class Views:
    """Augmented views of a photo; view 0 is the evaluation view, unless told otherwise.

    Attributes:
        augmentation: makes a view, uint8 (3, size, size), from an upright RGB photo.
        name: of the augmentation; another name is another cache.
        count: views in all, the evaluation view included.
        seed: of the augmentation.
        evaluation_view: whether view 0 is not augmented, as photos are evaluated and tagged.
    """

    augmentation: Callable[[Image.Image], Tensor]
    name: str
    count: int
    seed: int = 0
    evaluation_view: bool = True

    @property
    def takes_scenes(self) -> bool:
        """Whether a photo's views show parts of other photos."""
        return isinstance(self.augmentation, SceneAugmentation)

    def with_scenes_of(self, samples: Sequence[Sample]) -> "Views":
        """Return these views with scenes of the photos that are trained on, if they take any."""
        if not isinstance(self.augmentation, SceneAugmentation):
            return self
        augmentation = self.augmentation.with_scenes_of(samples)
        # Kept views go by the photos' contents and this name, so it says which photos are scenes.
        numbers = [number for number, s in enumerate(samples) if s.kind is Kind.OTHER]
        digest = hashlib.sha256(repr(numbers).encode()).hexdigest()[:16]
        return replace(self, augmentation=augmentation, name=f"{self.name} {digest}")


class FeatureCacheBuilder:
    """Computes caches with one frozen part, or finds them on disk.

    Args:
        frozen: the frozen part, on the CPU or a GPU.
        preprocessing: the evaluation transform.
        folder: where caches lie, each in a file named after a hash of all that decides its values:
            the photos' contents, the transforms and the frozen part.
        key: what decides the frozen part's values, such as the backbone's hash; JSON-ready.
        precision: that the frozen part calculates with; values are kept in half precision anyway.
    """

    def __init__(
        self,
        frozen: nn.Module,
        preprocessing: Preprocessing,
        folder: Path,
        key: dict[str, str],
        precision: Precision = Precision.FP32,
    ) -> None:
        self._frozen, self._preprocessing, self._folder = frozen, preprocessing, folder
        self._key, self._precision = {**key, "precision": str(precision)}, precision

    def build(
        self,
        samples: Sequence[Sample],
        title: str,
        views: Views | None = None,
        *,
        sha256_of: Mapping[Path, str] | None = None,
    ) -> FeatureCache:
        """Return the cache of these photos, computing what is not on disk yet.

        It takes and raises what `training.features.batch_sources.FeatureBuilder` says.
        """
        if not samples:
            raise PhotosError(f"There are no {title} photos.")
        if sha256_of is None:
            sha256_of = content_hashes(sample.path for sample in samples)
        contents = [sha256_of[sample.path] for sample in samples]
        path = self._folder / f"{self._digest(contents, views)}.npy"
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            photos = PhotoDataset(samples, _AllViews(self._preprocessing, views, contents))
            count = views.count if views else 1
            fill(
                PartialCache(path),
                photos,
                count,
                self._frozen,
                self._preprocessing,
                self._precision,
                title,
            )
        flat = np.load(path, mmap_mode="r")
        return FeatureCache(flat.reshape(len(samples), -1, *flat.shape[1:]))

    def _digest(self, contents: Sequence[str], views: Views | None) -> str:
        key = {**self._key, "augmentation": views.name} if views else self._key
        augmented = (views.count, views.seed, views.evaluation_view) if views else (1, 0, True)
        text = json.dumps([contents, repr(self._preprocessing), key, augmented], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:20]


class _AllViews:
    """Makes all views of a photo, uint8 (views, 3, size, size), from its bytes and its row.

    Args:
        preprocessing: the evaluation transform.
        views: which views.
        contents: SHA-256 of each row's photo; what has another one by now is refused.
    """

    def __init__(
        self, preprocessing: Preprocessing, views: Views | None, contents: Sequence[str]
    ) -> None:
        self._preprocessing, self._views, self._contents = preprocessing, views, contents

    def __call__(self, data: bytes, row: int) -> Tensor:
        if hashlib.sha256(data).hexdigest() != self._contents[row]:
            raise UnreadablePhotoError(
                "The file was changed after the run began. Let the folder rest, and start again."
            )
        if self._views is None:
            return to_tensor(data, self._preprocessing)[None]
        image = decode(data, at_least=self._preprocessing.resize)
        made = [to_tensor(data, self._preprocessing)] if self._views.evaluation_view else []
        with seeded(self._views.seed, row):
            made += [self._views.augmentation(image) for _ in range(self._views.count - len(made))]
        return torch.stack(made)
