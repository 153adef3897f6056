"""A candidate beside the champion."""

import pytest

from classifier.models import (
    ModelVersion,
)
from tests.classifier.candidates import a_candidate


@pytest.fixture
def candidate(champion: ModelVersion) -> ModelVersion:
    return a_candidate(champion)
