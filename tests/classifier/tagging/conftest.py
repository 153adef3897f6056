"""A champion that is to tag photos again."""

import pytest

from classifier.models import ModelVersion
from classifier.versions import promotion
from tests.rows import a_model


@pytest.fixture
def newer(real_database: str) -> ModelVersion:
    """A champion that has not tagged anything yet."""
    version = a_model("newer")
    promotion.promote(version=version)
    return version
