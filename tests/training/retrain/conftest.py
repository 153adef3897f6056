"""Base photos and champions of small retrainings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from classifier.ml.network import HeadLayout
from classifier.models import ModelVersion
from tests.rows import champion_of
from tests.training.retraining import make_champion, write_base_photos


@pytest.fixture(scope="session")
def base_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty photos of every class; leave them as they are."""
    return write_base_photos(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory, base_photos: Path) -> dict[str, Path]:
    """A bundle that knows the base photos, and two that confuse boots and flats."""
    folder = tmp_path_factory.mktemp("bundles")
    return {
        name: make_champion(folder / name, base_photos, name=name, confused=name == "confused")
        for name in ("sound", "confused")
    } | {
        "joint": make_champion(
            folder / "joint", base_photos, name="joint", confused=True, layout=HeadLayout.JOINT
        )
    }


@pytest.fixture(scope="module")
def shared_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all tests of this file keep features: they are of the same photos."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def var(settings: Settings, shared_var: Path) -> Iterator[Path]:
    """Features that tests of one file share; no copy of a photo stays behind."""
    settings.VAR_DIR = shared_var
    yield shared_var
    assert not list((shared_var / "retraining" / "work").glob("*/photos/*.jpg")), "Copies stayed."


@pytest.fixture
def confused(bundles: dict[str, Path]) -> ModelVersion:
    """A champion that takes boots and flats for something else."""
    return champion_of(bundles["confused"])


@pytest.fixture
def sound(bundles: dict[str, Path]) -> ModelVersion:
    """A champion that knows all base photos."""
    return champion_of(bundles["sound"])
