"""What `manage.py check` says of the champion."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from classifier.versions import storage
from tests.rows import champion_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def champion_folder(small_bundle: Path) -> Path:
    version = champion_of(small_bundle)
    return storage.local_folder(version)


def check() -> str:
    output = StringIO()
    call_command("check", stdout=output, stderr=output)
    return output.getvalue()


def test_a_whole_champion_is_silence(champion_folder: Path) -> None:
    """With a usable champion there is nothing to say."""
    assert "no issues" in check()


def test_without_a_champion_it_says_how_to_get_one() -> None:
    """A machine where nothing is registered is warned and told the command."""
    assert "manage.py register_model FOLDER --promote" in check()


@pytest.mark.parametrize("file_name", ["bundle.json", "weights.safetensors"])
def test_a_missing_file_is_named(champion_folder: Path, file_name: str) -> None:
    """The error names the file that is gone and what to do."""
    (champion_folder / file_name).unlink()
    with pytest.raises(SystemCheckError, match=rf"There is no .*{file_name}(.|\n)*[Rr]estore"):
        check()


def test_damaged_weights_are_named(champion_folder: Path) -> None:
    """The error names the damaged file, what is wrong and what to do."""
    weights = champion_folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(SystemCheckError, match=r"weights\.safetensors is damaged.*Restore"):
        check()
