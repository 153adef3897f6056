"""A bundle is loaded on trial, with a limit on memory, before it is promoted."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from classifier.models import ModelVersion
from classifier.versions import promotion, registry, trial_load
from classifier.worker import live_model
from tests.classifier.versions.test_registry import registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(bundle_copy: Path) -> ModelVersion:
    return registry.register(folder=bundle_copy)


def test_a_bundle_that_takes_too_much_memory_is_not_promoted(
    version: ModelVersion, settings: Settings
) -> None:
    """The command says so, the champion stays, and this process is as it was."""
    settings.TRIAL_LOAD_MB = 600
    with pytest.raises(CommandError, match="with 600 MB of memory, and failed: "):
        call_command("promote", version.name)
    assert registry.champion() is None


def test_a_bundle_that_loads_is_promoted(version: ModelVersion, settings: Settings) -> None:
    """With the memory of the default."""
    settings.TRIAL_LOAD_MB = 4096
    call_command("promote", version.name)
    assert registry.champion() == version


def test_a_worker_keeps_its_model_where_the_trial_of_a_new_one_fails(
    untrained_bundle: Path, tmp_path: Path, settings: Settings
) -> None:
    """A version that was promoted elsewhere is tried before the worker itself loads it."""
    one, two = (registered(untrained_bundle, name, tmp_path) for name in ("one", "two"))
    promotion.promote(version=one)
    slot = live_model.ModelSlot()
    slot.current()
    promotion.promote(version=two)
    settings.TRIAL_LOAD_MB = 600
    assert slot.current().version == one
    two.refresh_from_db()
    assert "was loaded on trial, with 600 MB of memory, and failed" in two.load_error


def test_a_process_that_is_killed_is_a_failure_of_the_bundle(
    version: ModelVersion, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A crash of what reads the weights costs the trial's process alone."""
    settings.TRIAL_LOAD_MB = 4096
    (tmp_path / "sitecustomize.py").write_text("import os; os.abort()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(trial_load.TrialFailedError, match="its process was ended by SIGABRT"):
        trial_load.try_to_load(version)
