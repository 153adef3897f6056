"""`manage.py promote` and `rollback`: which model is in production, from the command line."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from classifier.models import ModelVersion
from classifier.versions import registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(champion: ModelVersion, storage_folder: Path) -> ModelVersion:
    """A second registered version, with the champion's weights under another name."""
    bundles = storage_folder / "bundles"
    (bundles / "candidate").mkdir()
    for file in (bundles / champion.name).iterdir():
        (bundles / "candidate" / file.name).write_bytes(file.read_bytes())
    return ModelVersion.objects.create(
        name="candidate", weights_sha256=champion.weights_sha256, manifest=champion.manifest
    )


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_promote_and_rollback_change_the_champion(
    candidate: ModelVersion, champion: ModelVersion
) -> None:
    """A promoted version takes over; a roll back restores the one before, and twice undoes it."""
    assert run("promote", "candidate") == "candidate is the champion now."
    assert registry.champion() == candidate

    assert run("rollback") == f"{champion.name} is the champion again."
    assert registry.champion() == champion
    assert run("rollback") == "candidate is the champion again."


def test_an_unknown_name_lists_those_there_are(champion: ModelVersion) -> None:
    """A slip of the finger is answered with the names that exist."""
    with pytest.raises(CommandError, match=f"Registered: {champion.name}"):
        run("promote", "no-such-model")


def test_a_rejected_version_stays_out(candidate: ModelVersion, champion: ModelVersion) -> None:
    """What the gate refused cannot be promoted past it."""
    ModelVersion.objects.filter(pk=candidate.pk).update(state="rejected")
    with pytest.raises(CommandError, match="rejected by the gate"):
        run("promote", "candidate")
    assert registry.champion() == champion


def test_damaged_weights_stay_out(
    candidate: ModelVersion, champion: ModelVersion, storage_folder: Path
) -> None:
    """A version whose file is not what was saved is refused, and the file is named."""
    (storage_folder / "bundles" / "candidate" / "weights.safetensors").write_bytes(b"damaged")
    with pytest.raises(CommandError, match=r"candidate/weights\.safetensors is damaged"):
        run("promote", "candidate")
    assert registry.champion() == champion


def test_there_must_be_one_to_roll_back_to(champion: ModelVersion) -> None:
    """With a single model in its history there is no way back, and it stays champion."""
    with pytest.raises(CommandError, match="there is no way back"):
        run("rollback")
    assert registry.champion() == champion
