"""Features of photos that travel in a bundle: small, as good as the photos' own, and checked."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load, save

from classifier.ml.network import FEATURES
from training.features.replay import ReplayError, ReplayFeatures

PHOTOS, OUTPUTS, DIMENSIONS = 300, 13, 64


@pytest.fixture(scope="module")
def features() -> NDArray[np.float32]:
    """Features as a backbone makes them: none below zero, few directions that matter."""
    draw = np.random.default_rng(0)
    directions = draw.normal(size=(20, FEATURES))
    strengths = draw.normal(size=(PHOTOS, 20)) * np.linspace(2, 0.2, 20)
    values = strengths @ directions + 0.1 * draw.normal(size=(PHOTOS, FEATURES)) + 3
    return np.maximum(values, 0).astype(np.float32)


@pytest.fixture(scope="module")
def heads() -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(size=(OUTPUTS, FEATURES)).astype(np.float32)


@pytest.fixture(scope="module")
def replay(features: NDArray[np.float32], heads: NDArray[np.float32]) -> ReplayFeatures:
    names = [f"{number:064x}" for number in range(PHOTOS)]
    bits = np.arange(PHOTOS * 4, dtype=np.uint64).reshape(-1, 4)
    return ReplayFeatures.of(features, names, bits, heads, DIMENSIONS)


def test_the_heads_say_the_same_of_what_is_kept(
    replay: ReplayFeatures, features: NDArray[np.float32], heads: NDArray[np.float32]
) -> None:
    """64 bytes a photo instead of 8,192 keep the outputs of the heads."""
    kept = replay.features(np.arange(PHOTOS)).astype(np.float32)
    before, after = features @ heads.T, kept @ heads.T
    assert np.abs(after - before).max() < 0.05 * before.std(axis=0).min()
    assert np.square(kept - features).sum() < 0.1 * np.square(features - features.mean(0)).sum()
    assert replay.codes.nbytes == PHOTOS * DIMENSIONS


def test_what_is_read_back_is_what_was_written(replay: ReplayFeatures) -> None:
    """Names, perceptual hashes and features come back as they were, in any order of rows."""
    again = ReplayFeatures.from_bytes(replay.as_bytes())
    assert again.sha256 == replay.sha256
    np.testing.assert_array_equal(again.perceptual_hash, replay.perceptual_hash)
    rows = np.array([7, 0, 299])
    np.testing.assert_array_equal(again.features(rows), replay.features(rows))


def test_few_photos_take_few_directions(heads: NDArray[np.float32]) -> None:
    """With fewer photos than directions the basis stays orthonormal, and one photo is enough."""
    for count in (1, 5):
        values = np.random.default_rng(2).random((count, FEATURES)).astype(np.float32)
        bits = np.zeros((count, 4), dtype=np.uint64)
        few = ReplayFeatures.of(values, ["ab" * 32] * count, bits, heads)
        np.testing.assert_allclose(few.basis @ few.basis.T, np.eye(len(few.basis)), atol=0.01)
        np.testing.assert_allclose(few.features(np.arange(count)), values, atol=0.02)


def _short(tensors: dict[str, NDArray[Any]]) -> None:
    tensors["scale"] = tensors["scale"][:-1]


def _infinite(tensors: dict[str, NDArray[Any]]) -> None:
    tensors["mean"] = np.full_like(tensors["mean"], np.inf)


def _wide(tensors: dict[str, NDArray[Any]]) -> None:
    tensors["codes"] = tensors["codes"].astype(np.int16)


def _flat(tensors: dict[str, NDArray[Any]]) -> None:
    tensors["codes"] = tensors["codes"].ravel()


def _extra(tensors: dict[str, NDArray[Any]]) -> None:
    tensors["photo"] = tensors["codes"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_short, r"scale is float32 of shape \(63,\)"),
        (_infinite, "mean holds values that are not finite"),
        (_wide, "codes is int16"),
        (_flat, "codes of shape"),
        (_extra, "It holds"),
    ],
)
def test_anything_else_is_refused(
    replay: ReplayFeatures, damage: Callable[[dict[str, NDArray[Any]]], None], message: str
) -> None:
    """A file of other shapes, types or names says what was expected."""
    tensors = load(replay.as_bytes())
    damage(tensors)
    with pytest.raises(ReplayError, match=message):
        ReplayFeatures.from_bytes(save(tensors))


def test_what_is_no_safetensors_file_is_refused() -> None:
    """Neither a cut file nor a pickle is read."""
    for data in (b"", b"\x80\x04K\x01.", b"\xff" * 100):
        with pytest.raises(ReplayError, match="no safetensors file"):
            ReplayFeatures.from_bytes(data)
