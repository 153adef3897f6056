"""Replay features: pooled features of a bundle's photos, carried in the bundle instead of them.

With them the heads can be trained and judged again where the photos are not. To be small, a feature
vector (2,048 numbers) is projected onto an orthonormal basis and each coordinate is kept as 8 bits.
The basis begins with the rows of the heads, so that what the bundle says of its own photos is
hardly changed, and goes on with the principal components of the rest (PCA). How many are enough was
measured: docs/decisions/0025-replay-features.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from classifier.ml.network import FEATURES

DIMENSIONS: Final = 512
MOST_PHOTOS: Final = 200_000  # far above what fits into a bundle
LEVELS: Final = 127  # of int8, on either side of zero
HASH_BYTES: Final = 32  # of a SHA-256, and of a perceptual hash
LEAST_STRENGTH: Final = 1e-9  # of a principal component, beside the first
_NAMES: Final = ("basis", "codes", "mean", "perceptual_hash", "scale", "sha256")

Floats = NDArray[np.float32]
Hashes = NDArray[np.uint64]


class ReplayError(Exception):
    """The file does not hold replay features; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class ReplayFeatures:
    """Features of N photos, projected onto D directions.

    Attributes:
        sha256: of each photo's file.
        perceptual_hash: of what each photo shows, (N, 4), to find its near-duplicates.
        codes: int8 (N, D).
        scale: (D,), what one step of a coordinate stands for.
        mean: (2048,), of the features.
        basis: (D, 2048), orthonormal rows.
    """

    sha256: tuple[str, ...]
    perceptual_hash: Hashes
    codes: NDArray[np.int8]
    scale: Floats
    mean: Floats
    basis: Floats

    @classmethod
    def of(
        cls,
        features: Floats,
        sha256: Sequence[str],
        perceptual_hash: Hashes,
        heads: Floats,
        dimensions: int = DIMENSIONS,
    ) -> "ReplayFeatures":
        """Project and quantise features.

        Args:
            features: (N, 2048).
            sha256, perceptual_hash: of the N photos.
            heads: (K, 2048), weights whose outputs are to be kept.
            dimensions: D at most; fewer where there are fewer photos.
        """
        mean = features.mean(axis=0)
        centred = features - mean
        # As it will be read back, so that the coordinates fit the basis that is kept.
        basis = _basis(centred, heads, dimensions).astype(np.float16).astype(np.float32)
        coordinates = centred @ basis.T
        scale = np.maximum(np.abs(coordinates).max(axis=0) / LEVELS, np.finfo(np.float32).tiny)
        codes = np.rint(coordinates / scale).astype(np.int8)
        return cls(tuple(sha256), perceptual_hash, codes, scale, mean, basis)

    def __len__(self) -> int:
        return len(self.sha256)

    def features(self, rows: NDArray[np.intp]) -> NDArray[np.float16]:
        """Return the features of these photos, (n, 2048), up to what projection and bits lost."""
        coordinates = self.codes[rows].astype(np.float32) * self.scale
        # A feature is never negative. What falls below stays: to cut it off would change what the
        # heads say.
        return (coordinates @ self.basis + self.mean).astype(np.float16)

    def as_bytes(self) -> bytes:
        """Return the content of ``replay.safetensors``."""
        digests = np.frombuffer(bytes.fromhex("".join(self.sha256)), dtype=np.uint8)
        data: bytes = save(
            {
                "basis": self.basis.astype(np.float16),
                "codes": self.codes,
                "mean": self.mean,
                "perceptual_hash": self.perceptual_hash.view(np.uint8),
                "scale": self.scale,
                "sha256": digests.reshape(-1, HASH_BYTES),
            }
        )
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> "ReplayFeatures":
        """Read what `as_bytes` returned, which may come from anywhere.

        Raises:
            ReplayError: if it is anything else.
        """
        try:
            tensors = load(data)
        except (SafetensorError, KeyError, ValueError) as error:
            raise ReplayError(f"It is no safetensors file of known numbers ({error}).") from error
        _must_be_whole(tensors)
        return cls(
            sha256=tuple(bytes(row).hex() for row in tensors["sha256"]),
            perceptual_hash=np.ascontiguousarray(tensors["perceptual_hash"]).view(np.uint64),
            codes=tensors["codes"],
            scale=tensors["scale"],
            mean=tensors["mean"],
            basis=tensors["basis"].astype(np.float32),
        )


def _basis(centred: Floats, heads: Floats, dimensions: int) -> Floats:
    """Return orthonormal rows: the span of the heads, then principal components of the rest."""
    first = np.linalg.qr(heads.T.astype(np.float64))[0].T  # (K, 2048)
    rest = centred - (centred @ first.T) @ first
    strengths, directions = _principal(rest)
    # What has no strength may be any direction, also one of the heads' span.
    strong = strengths > LEAST_STRENGTH * max(float(strengths[0]), np.finfo(float).tiny)
    components = directions[strong][: max(dimensions - len(first), 0)]
    return np.concatenate([first, components]).astype(np.float32)


def _principal(rows: Floats) -> tuple[Floats, Floats]:
    """Return squared singular values (R,), the largest first, and their directions (R, 2048).

    By what is smaller, the photos or the features: four seconds less for a hundred photos.
    """
    if len(rows) < rows.shape[1]:
        _, values, directions = np.linalg.svd(rows, full_matrices=False)
        return values**2, directions
    strengths, columns = np.linalg.eigh(rows.T @ rows)  # ascending
    return strengths[::-1], columns.T[::-1]


def _must_be_whole(tensors: dict[str, NDArray[Any]]) -> None:
    if tuple(sorted(tensors)) != _NAMES:
        raise ReplayError(f"It holds {sorted(tensors)}; expected are {list(_NAMES)}.")
    photos, dimensions = (*tensors["codes"].shape, 0, 0)[:2]
    if not (1 <= photos <= MOST_PHOTOS and 1 <= dimensions <= FEATURES):
        raise ReplayError(
            f"It has codes of shape {tensors['codes'].shape}; expected are 1 to {MOST_PHOTOS:,} "
            f"photos of 1 to {FEATURES:,} coordinates."
        )
    expected: dict[str, tuple[type, tuple[int, ...]]] = {
        "basis": (np.float16, (dimensions, FEATURES)),
        "codes": (np.int8, (photos, dimensions)),
        "mean": (np.float32, (FEATURES,)),
        "perceptual_hash": (np.uint8, (photos, HASH_BYTES)),
        "scale": (np.float32, (dimensions,)),
        "sha256": (np.uint8, (photos, HASH_BYTES)),
    }
    for name, (kind, shape) in expected.items():
        value = tensors[name]
        if value.dtype != kind or value.shape != shape:
            raise ReplayError(
                f"Its {name} is {value.dtype} of shape {value.shape}; expected is "
                f"{np.dtype(kind)} of shape {shape}."
            )
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise ReplayError(f"Its {name} holds values that are not finite.")
