"""A model that workers can load."""

from pathlib import Path

import pytest

from classifier.models import ModelVersion
from tests.rows import champion_of


@pytest.fixture
def champion(db: None, untrained_bundle: Path) -> ModelVersion:
    """The model in production, with its weights."""
    return champion_of(untrained_bundle)
