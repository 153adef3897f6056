"""Give a bundle replay features: while it is made, or later from the folders of its photos."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch

from classifier.ml.atomic_write import atomic_write
from classifier.ml.bundle import Bundle, load_bundle
from classifier.ml.manifest import (
    DATASET_NAME,
    MANIFEST_NAME,
    REPLAY_NAME,
    manifest_as_dict,
)
from classifier.ml.network import FEATURES, HierarchicalResNet
from training.data.batches import BatchSource
from training.data.content_hashes import content_hashes
from training.data.dataset_rows import NAMES, DatasetError, DatasetRow, RowSource, read_dataset
from training.data.folder import PhotosError
from training.data.photo_folders import PhotoFolders
from training.data.splits.near_duplicates import PhotoHash, hash_photos
from training.engine.stages import TrainedPart, TrainFrom, frozen_part
from training.evaluation.scoring import features_of
from training.features.cache import FeatureCacheBuilder
from training.features.replay import Floats, ReplayFeatures
from training.runtime.devices import Precision, make_accelerator, resolve_precision

HEADS: Final = ("main_head", "sub_head", "novelty_unit", "near_unit")
NAMED: Final = 3  # missing photos in a message


class FeaturesOf(NamedTuple):
    """Photos of one split: their features as batches, files and SHA-256."""

    batches: BatchSource
    files: Sequence[Path]
    sha256: Sequence[str]


def replay_of_splits(
    network: HierarchicalResNet, part: TrainedPart, splits: Sequence[FeaturesOf]
) -> bytes:
    """Return ``replay.safetensors`` for photos whose batches a training has at hand.

    Args:
        network: trained.
        part: what lies behind the outputs that the batches hold.
        splits: the photos; those that cannot be read are left out.
    """
    features: list[Floats] = []
    files: list[Path] = []
    hashes: list[str] = []
    for split in splits:
        values, rows = features_of(part, split.batches)
        features.append(values)
        files += [split.files[row] for row in rows]
        hashes += [split.sha256[row] for row in rows]
    return _replay(network, np.concatenate(features), files, hashes).as_bytes()


def replay_of_photos(
    bundle: Bundle,
    rows: Sequence[DatasetRow],
    files: Sequence[Path],
    cache: Path,
    precision: Precision = Precision.AUTO,
) -> bytes:
    """Return ``replay.safetensors`` for photos that are passed through the network first.

    Args:
        bundle: whose backbone it is.
        rows, files: the photos, and where they lie.
        cache: folder of outputs of the network; a computation that was stopped goes on from there.
        precision: of the passes through the network.

    Raises:
        CacheError, UnreadablePhotoError
    """
    values = _features(bundle, rows, files, cache, precision)
    return _replay(bundle.network, values, files, [row.sha256 for row in rows]).as_bytes()


def add_replay(
    folder: Path, photos: PhotoFolders, cache: Path, precision: Precision = Precision.AUTO
) -> int:
    """Add replay features to a bundle, or replace those it has; return of how many photos.

    The bundle is changed in place: the file first, then the manifest that lists it.

    Args:
        folder: of the bundle.
        photos: folders that hold all base photos of its ``dataset.csv``, unchanged.
        cache: folder of outputs of the network; a computation that was stopped goes on from there.
        precision: of the passes through the network.

    Raises:
        BundleError: if the bundle cannot be read.
        PhotosError: if it does not name its photos, or one of them is missing or another by now.
        CacheError, UnreadablePhotoError
    """
    bundle = load_bundle(folder)
    rows = _base_rows(folder)
    files = [photos.file_of(row.path) for row in rows]
    _must_be_theirs(rows, files)
    content = replay_of_photos(bundle, rows, files, cache, precision)
    atomic_write(folder / REPLAY_NAME, content)
    listed = dataclasses.replace(bundle.manifest, replay_sha256=hashlib.sha256(content).hexdigest())
    text = json.dumps(manifest_as_dict(listed), indent=2, ensure_ascii=False, allow_nan=False)
    atomic_write(folder / MANIFEST_NAME, text + "\n")
    return len(rows)


def _base_rows(folder: Path) -> list[DatasetRow]:
    path = folder / DATASET_NAME
    if not path.is_file():
        raise PhotosError(
            f"There is no {path}, as in bundles of older releases, so nobody knows which photos "
            "the bundle was made from. Train a model with manage.py train."
        )
    try:
        with path.open(newline="", encoding="utf-8", errors=NAMES) as file:
            rows = read_dataset(file, str(path))
    except DatasetError as error:
        raise PhotosError(str(error)) from error
    base = [row for row in rows if row.source is RowSource.BASE]
    if not base:
        raise PhotosError(f"{path} names no base photos; the bundle was made from reviews alone.")
    return base


def _must_be_theirs(rows: Sequence[DatasetRow], files: Sequence[Path]) -> None:
    there = content_hashes(file for file in files if file.is_file())
    missing = [
        row.path for row, file in zip(rows, files, strict=True) if there.get(file) != row.sha256
    ]
    if missing:
        raise PhotosError(
            f"{len(missing)} of the {len(rows)} base photos are not in the named folders, or are "
            f"other files by now: {', '.join(missing[:NAMED])}{' …' * (len(missing) > NAMED)}. "
            "Name all folders that the bundle was trained on with --photos."
        )


def _features(
    bundle: Bundle,
    rows: Sequence[DatasetRow],
    files: Sequence[Path],
    cache: Path,
    precision: Precision,
) -> Floats:
    device = make_accelerator().device
    builder = FeatureCacheBuilder(
        frozen_part(bundle.network, TrainFrom.HEADS).to(device),
        bundle.manifest.preprocessing,
        cache,
        {"weights": bundle.manifest.weights_sha256},
        resolve_precision(precision, device),
    )
    samples = [row.sample(file) for row, file in zip(rows, files, strict=True)]
    sha256_of = {file: row.sha256 for row, file in zip(rows, files, strict=True)}
    features = builder.build(samples, "replay", sha256_of=sha256_of)
    everything = np.arange(len(features))
    return features.read(everything, np.zeros_like(everything)).numpy()


def _replay(
    network: HierarchicalResNet, features: Floats, files: Sequence[Path], sha256: Sequence[str]
) -> ReplayFeatures:
    kept, bits = [], []
    for row, photo in enumerate(hash_photos(files, "hashing photos")):
        if isinstance(photo, PhotoHash):
            kept.append(row)
            bits.append(photo.bits)
    return ReplayFeatures.of(
        features[kept], [sha256[row] for row in kept], np.stack(bits), head_weights(network)
    )


def head_weights(network: HierarchicalResNet) -> Floats:
    """Return the weights of all heads and units, (K, 2048)."""
    heads = [getattr(network, name) for name in HEADS]
    with torch.no_grad():
        weights = torch.cat([head.weight for head in heads if head is not None]).float().cpu()
    return weights.reshape(-1, FEATURES).numpy()
