"""Kept features of small training runs."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frozen features that the runs of this file share."""
    return tmp_path_factory.mktemp("training-cache")
