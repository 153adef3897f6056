"""The champion in a worker's memory."""

import logging
import shutil
from pathlib import Path

import pytest

from classifier import bundle_files, live_model, promotion, registry
from classifier.ml.manifest import BundleDamagedError
from classifier.models import ModelVersion
from tests.classifier.test_registry import registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot() -> live_model._Slot:
    """The memory of a worker that just started."""
    return live_model._Slot()


@pytest.fixture
def two_models(untrained_bundle: Path, tmp_path: Path) -> tuple[ModelVersion, ModelVersion]:
    """Two registered models, the first of them champion."""
    one, two = (registered(untrained_bundle, name, tmp_path) for name in ("one", "two"))
    promotion.promote(version=one)
    return one, two


def test_the_champion_is_loaded_once(
    slot: live_model._Slot, two_models: tuple[ModelVersion, ModelVersion]
) -> None:
    """Asking twice gives the same model in memory."""
    live = slot.current()
    assert live.version == two_models[0]
    assert slot.current() is live


def test_a_new_champion_is_swapped_in(
    slot: live_model._Slot, two_models: tuple[ModelVersion, ModelVersion]
) -> None:
    """After a promotion the next batch uses the new champion, without a restart."""
    slot.current()
    promotion.promote(version=two_models[1])
    assert slot.current().version == two_models[1]


def test_a_damaged_new_champion_leaves_the_old_one_at_work_until_it_is_put_right(
    slot: live_model._Slot,
    two_models: tuple[ModelVersion, ModelVersion],
    untrained_bundle: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log names the damaged file; once that is restored the new champion comes in."""
    one, two = two_models
    slot.current()
    weights = bundle_files.local_folder(two) / "weights.safetensors"
    weights.write_bytes(b"damaged")
    promotion.promote(version=two)
    with caplog.at_level(logging.ERROR):
        assert slot.current().version == one
        assert slot.current().version == one
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    assert f"{weights} is damaged" in caplog.text
    shutil.copy(untrained_bundle / "weights.safetensors", weights)
    slot._look_again_at = 0.0  # the half minute is over
    assert slot.current().version == two


def test_without_any_usable_model_it_says_why(
    slot: live_model._Slot, two_models: tuple[ModelVersion, ModelVersion]
) -> None:
    """With nothing in memory a damaged or missing champion is an error, and recovers."""
    weights = bundle_files.local_folder(two_models[0]) / "weights.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(b"damaged")
    with pytest.raises(BundleDamagedError):
        slot.current()
    weights.write_bytes(content)
    assert slot.current().version == two_models[0]


def test_without_a_champion_it_says_how_to_get_one(slot: live_model._Slot) -> None:
    """A fresh database leads to a sentence with the command to type."""
    with pytest.raises(registry.NoChampionError, match="register_model"):
        slot.current()
