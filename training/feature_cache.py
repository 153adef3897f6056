"""What the frozen part makes of every photo, computed once and kept on disk.

The frozen part holds most of the network's work. Keeping its output for a few augmented views of
each photo makes an epoch on a CPU minutes instead of hours.
"""

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import decode, normalise, to_tensor
from training.photos import PhotosError, Sample
from training.progress import Progress

PASS: Final = 16
CHUNK: Final = 32


class CacheError(Exception):
    """The cache cannot be written; the message says what is in the way."""


class FeatureCache:
    """Half-precision outputs of the frozen part, (photos, views, …), mapped from disk."""

    def __init__(self, values: NDArray[np.float16]) -> None:
        self._values = values

    @property
    def views(self) -> int:
        return int(self._values.shape[1])

    def read(self, photos: NDArray[np.intp], views: NDArray[np.intp]) -> Tensor:
        """Return the chosen views of the chosen photos as float32."""
        return torch.from_numpy(self._values[photos, views].astype(np.float32))


@dataclass(frozen=True, slots=True)
class Views:
    """Augmented views beside the photo as it is served, which is always view 0.

    Attributes:
        augmentation: makes a view, uint8 (3, size, size), from an upright RGB photo.
        name: of the augmentation; another name is another cache.
        count: views in all, the served one included.
        seed: of the augmentation's chance.
    """

    augmentation: Callable[[Image.Image], Tensor]
    name: str
    count: int
    seed: int = 0


class FeatureCacheBuilder:
    """Computes caches with one frozen part, or finds them on disk.

    Args:
        frozen: the frozen part, on the CPU or a GPU.
        how: the evaluation transform.
        folder: where caches lie, each in a file named after a hash of all that decides its values.
        key: what decides the frozen part's values, such as the backbone's hash; JSON-ready.
    """

    def __init__(
        self, frozen: nn.Module, how: Preprocessing, folder: Path, key: dict[str, str]
    ) -> None:
        self._frozen, self._how, self._folder, self._key = frozen, how, folder, key

    def build(
        self, samples: Sequence[Sample], title: str, views: Views | None = None
    ) -> FeatureCache:
        """Return the cache of these photos, computing what is not on disk yet.

        Raises:
            CacheError: if the disk has too little room.
            PhotosError: if there are no photos.
            UnreadablePhotoError: if one cannot be decoded.
        """
        if not samples:
            raise PhotosError(f"There are no {title} photos.")
        path = self._folder / f"{self._digest(samples, views)}.npy"
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            aside = path.with_suffix(".partial.npy")
            total = len(samples) * (views.count if views else 1)
            _write(_batches(samples, self._how, views), self._frozen, aside, total, title)
            aside.rename(path)
        flat = np.load(path, mmap_mode="r")
        return FeatureCache(flat.reshape(len(samples), -1, *flat.shape[1:]))

    def _digest(self, samples: Sequence[Sample], views: Views | None) -> str:
        key = {**self._key, "augmentation": views.name} if views else self._key
        count, seed = (views.count, views.seed) if views else (1, 0)
        paths = [str(sample.path) for sample in samples]
        text = json.dumps([paths, repr(self._how), key, count, seed], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:20]


def _batches(
    samples: Sequence[Sample], how: Preprocessing, views: Views | None
) -> Iterator[Tensor]:
    """Yield normalised batches, photo by photo, each photo's views side by side."""
    if views:
        random.seed(views.seed)
        torch.manual_seed(views.seed)

    def read(sample: Sample) -> list[Tensor]:
        data = sample.path.read_bytes()
        made = [to_tensor(data, how)]
        if views:
            image = decode(data, at_least=how.resize)
            made += [views.augmentation(image) for _ in range(views.count - 1)]
        return made

    # One reader thread, a chunk ahead of the forward pass: the order, and so the seed's effect,
    # is fixed, and memory stays small.
    with ThreadPoolExecutor(1) as reader:
        chunks = [samples[i : i + CHUNK] for i in range(0, len(samples), CHUNK)]
        ahead = reader.submit(lambda chunk: [read(sample) for sample in chunk], chunks[0])
        for following in [*chunks[1:], []]:
            tensors = [tensor for made in ahead.result() for tensor in made]
            ahead = reader.submit(lambda chunk: [read(sample) for sample in chunk], following)
            for i in range(0, len(tensors), PASS):
                yield normalise(torch.stack(tensors[i : i + PASS]), how)


@torch.inference_mode()
def _write(
    batches: Iterator[Tensor], frozen: nn.Module, path: Path, total: int, title: str
) -> None:
    device = next(frozen.parameters()).device
    values: np.memmap[tuple[int, ...], np.dtype[np.float16]] | None = None
    done = 0
    with Progress(title, total) as progress:
        for batch in batches:
            out = frozen(batch.to(device)).to("cpu", torch.float16).contiguous().numpy()
            if values is None:
                values = _open(path, (total, *out.shape[1:]))
            values[done : done + len(out)] = out
            done += len(out)
            progress.advance(len(out))
    if values is not None:
        values.flush()


def _open(path: Path, shape: tuple[int, ...]) -> "np.memmap[tuple[int, ...], np.dtype[np.float16]]":
    needed, free = 2 * int(np.prod(shape)), shutil.disk_usage(path.parent).free
    if needed > 0.9 * free:
        raise CacheError(
            f"The cache needs {needed / 2**30:.1f} GB in {path.parent}, which has "
            f"{free / 2**30:.1f} GB. Name another folder with --cache, or take fewer views."
        )
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
