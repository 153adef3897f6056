"""The champion in a worker's memory."""

import copy
import gc
import logging
import os
import shutil
import threading
import weakref
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import torch
from django.core.management import call_command
from django.utils import timezone
from torch import nn

from classifier import tasks
from classifier.ml import probe
from classifier.ml.bundle import load_bundle, save_bundle
from classifier.ml.manifest import BundleDamagedError, Preprocessing
from classifier.ml.network import HierarchicalResNet
from classifier.models import ModelVersion
from classifier.versions import load_failures, promotion, registry, storage
from classifier.worker import live_model
from tests.classifier.versions.test_registry import registered
from tests.databases import in_threads
from tests.manifests import a_manifest
from tests.rows import champion_of

pytestmark = pytest.mark.django_db
TwoModels = tuple[ModelVersion, ModelVersion]


@pytest.fixture
def slot() -> live_model.ModelSlot:
    """The memory of a worker that just started."""
    return live_model.ModelSlot()


@pytest.fixture
def two_models(untrained_bundle: Path, tmp_path: Path) -> TwoModels:
    """Two registered models, the first of them champion."""
    one, two = (registered(untrained_bundle, name, tmp_path) for name in ("one", "two"))
    promotion.promote(version=one)
    return one, two


@pytest.fixture
def changed_bundle(untrained_network: HierarchicalResNet, tmp_path: Path) -> Callable[..., Path]:
    """Call it with a name and a change to make a bundle whose network was changed so."""

    def make(name: str, change: Callable[[HierarchicalResNet], None]) -> Path:
        network = copy.deepcopy(untrained_network)
        with torch.no_grad():
            change(network)
        small = Preprocessing(size=64, resize=64)
        save_bundle(network, a_manifest(name=name, preprocessing=small), tmp_path / name)
        return tmp_path / name

    return make


def load_error(version: ModelVersion) -> str:
    """What the version's row says of its last loading."""
    version.refresh_from_db()
    return version.load_error


def test_the_champion_is_loaded_once(slot: live_model.ModelSlot, two_models: TwoModels) -> None:
    """Asking twice gives the same model in memory."""
    live = slot.current()
    assert live.version == two_models[0]
    assert slot.current() is live


def test_a_new_champion_is_swapped_in_and_the_old_one_s_memory_is_free(
    slot: live_model.ModelSlot, two_models: TwoModels
) -> None:
    """After a promotion the next batch uses the new champion; the old network is gone."""
    old = weakref.ref(slot.current().predictor.network)
    promotion.promote(version=two_models[1])
    assert slot.current().version == two_models[1]
    gc.collect()
    assert old() is None


def test_a_batch_at_work_keeps_its_model_until_it_ends(
    slot: live_model.ModelSlot, two_models: TwoModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds the old model can still predict with it; then a GPU gets its memory back."""
    returned: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: returned.append(True))
    busy = slot.current()
    old = weakref.ref(busy.predictor)
    promotion.promote(version=two_models[1])
    slot.current()
    photo = torch.zeros(3, 64, 64, dtype=torch.uint8)
    assert len(busy.predictor.predict([photo])) == 1
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    slot.current()
    assert not returned
    del busy
    gc.collect()
    assert old() is None
    slot.current()
    slot.current()
    assert returned == [True]


def test_a_damaged_new_champion_leaves_the_old_one_at_work_and_raises_an_alarm(
    slot: live_model.ModelSlot,
    two_models: TwoModels,
    untrained_bundle: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Log, row and `check` name the damaged file; once it is restored all of that is over."""
    one, two = two_models
    slot.current()
    weights = storage.local_folder(two) / "weights.safetensors"
    weights.write_bytes(b"damaged")
    promotion.promote(version=two)
    with caplog.at_level(logging.ERROR):
        assert slot.current().version == one
        assert slot.current().version == one
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    assert f"one goes on. {weights} is damaged" in caplog.text
    assert f"{weights} is damaged" in load_error(two)

    shutil.copy(untrained_bundle / "weights.safetensors", weights)
    assert slot.current().version == one, "it is left alone for a while"
    monkeypatch.setattr(live_model, "RETRY_SECONDS", 0.0)
    assert slot.current().version == two
    assert load_error(two) == ""


def test_a_champion_after_a_failed_one_is_not_kept_waiting(
    slot: live_model.ModelSlot, two_models: TwoModels, untrained_bundle: Path, tmp_path: Path
) -> None:
    """The rest after a failure is for that version alone."""
    slot.current()
    (storage.local_folder(two_models[1]) / "weights.safetensors").unlink()
    promotion.promote(version=two_models[1])
    assert slot.current().version == two_models[0]
    promotion.promote(version=registered(untrained_bundle, "three", tmp_path))
    assert slot.current().version.name == "three"


def test_another_machine_s_trouble_is_not_hidden_by_this_one_s_success(
    slot: live_model.ModelSlot, two_models: TwoModels
) -> None:
    """What a worker elsewhere said stays, until that one has been silent for long."""
    promotion.promote(version=two_models[1])
    failed = ModelVersion.objects.filter(pk=two_models[1].pk)
    failed.update(load_error="On another-host: no memory.", load_failed_at=timezone.now())
    slot.current()
    assert "another-host" in load_error(two_models[1])
    failed.update(load_failed_at=timezone.now() - load_failures.STALE_AFTER - timedelta(seconds=1))
    tasks.sweep_photos()
    assert load_error(two_models[1]) == ""


def test_workers_are_asked_again_while_one_could_not_load_the_champion(
    two_models: TwoModels, caplog: pytest.LogCaptureFixture
) -> None:
    """So an idle one that still fails says so again, and what nobody says again is forgotten.

    Its container may be back under another host name, and nobody else would take it back.
    """
    error = BundleDamagedError("weights.safetensors is damaged.")
    load_failures.report(version=two_models[0], error=error, at_work=None)
    caplog.clear()
    tasks.sweep_photos()
    assert load_error(two_models[0])
    # Without a broker a message leaves this line.
    assert "pending photos wait for the next sweep" in caplog.text
    ModelVersion.objects.update(load_failed_at=timezone.now() - load_failures.STALE_AFTER)
    caplog.clear()
    tasks.sweep_photos()
    assert load_error(two_models[0]) == ""
    assert caplog.text == ""


def test_check_warns_of_a_champion_that_a_worker_could_not_load(
    two_models: TwoModels, capsys: pytest.CaptureFixture[str]
) -> None:
    """`manage.py check` says so though the files here are whole, and lets commands run."""
    error = probe.UnfitModelError("one loads, but it does not work on this machine.")
    load_failures.report(version=two_models[0], error=error, at_work=None)
    call_command("check")
    message = capsys.readouterr().err
    assert "classifier.W002" in message
    assert "one is the champion, but a worker could not load it" in message
    assert "it does not work on this machine" in message


def blow_up(network: HierarchicalResNet) -> None:
    """Weights that are finite, and so large that what comes out is not."""
    for module in network.backbone.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.fill_(60_000)


def go_blind(network: HierarchicalResNet) -> None:
    """The first layer lets nothing through."""
    nn.init.zeros_(network.backbone.get_submodule("conv1").get_parameter("weight"))


@pytest.mark.parametrize(
    ("change", "message"),
    [(blow_up, "it does not work on this machine"), (go_blind, "does not look at photos")],
)
def test_a_champion_that_fails_the_probe_is_not_swapped_in(
    slot: live_model.ModelSlot,
    two_models: TwoModels,
    changed_bundle: Callable[..., Path],
    change: Callable[[HierarchicalResNet], None],
    message: str,
) -> None:
    """Whole files do not make a model: one that cannot score two pictures stays outside."""
    slot.current()
    unfit = champion_of(changed_bundle("unfit", change))
    assert slot.current().version == two_models[0]
    assert message in load_error(unfit)


def test_the_starter_model_passes_the_probe(starter_bundle: Path) -> None:
    """What ships with the repository is fit for work."""
    probe.load_and_probe(load_bundle(starter_bundle))


@pytest.mark.django_db(transaction=True)
def test_while_one_loads_the_others_go_on_with_the_old_model(
    slot: live_model.ModelSlot, two_models: TwoModels, untrained_bundle: Path
) -> None:
    """A bundle that takes its time to read holds up nobody but who reads it."""
    one, two = two_models
    slot.current()
    manifest = storage.local_folder(two) / "bundle.json"
    content = manifest.read_bytes()
    manifest.unlink()
    os.mkfifo(manifest)  # reading it waits until somebody writes
    promotion.promote(version=two)
    loaded: list[ModelVersion] = []

    def load() -> None:
        loaded.extend(in_threads(1, lambda: slot.current().version))

    loader = threading.Thread(target=load)
    loader.start()
    with manifest.open("wb") as pipe:  # opens as soon as the loader reads
        assert [slot.current().version for _ in range(3)] == [one] * 3
        pipe.write(content)
    loader.join()
    assert loaded == [two]
    assert slot.current().version == two


def test_without_any_usable_model_it_says_why(
    slot: live_model.ModelSlot, two_models: TwoModels
) -> None:
    """With nothing in memory a damaged or missing champion is an error, and recovers."""
    weights = storage.local_folder(two_models[0]) / "weights.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(b"damaged")
    with pytest.raises(BundleDamagedError):
        slot.current()
    weights.write_bytes(content)
    assert slot.current().version == two_models[0]


def test_without_a_champion_it_says_how_to_get_one(slot: live_model.ModelSlot) -> None:
    """A fresh database leads to a sentence with the command to type."""
    with pytest.raises(registry.NoChampionError, match="register_model"):
        slot.current()


def test_whatever_goes_wrong_with_a_bundle_is_a_load_failure(
    slot: live_model.ModelSlot, two_models: TwoModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw raises the alarm too, and the model before stays at work."""
    one, two = two_models
    slot.current()
    promotion.promote(version=two)

    def surprise(*_: object, **__: object) -> None:
        raise ZeroDivisionError("in the middle of a layer")

    monkeypatch.setattr(nn.Module, "load_state_dict", surprise)
    assert slot.current().version == one
    assert "ZeroDivisionError: in the middle of a layer" in load_error(two)


def test_a_first_model_that_does_not_work_is_not_tried_at_every_message(
    slot: live_model.ModelSlot, two_models: TwoModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading takes seconds and gigabytes; after a rest it is tried again."""
    tries = []

    def surprise(*_: object, **__: object) -> None:
        tries.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(nn.Module, "load_state_dict", surprise)
    for _ in range(3):
        with pytest.raises(probe.UnfitModelError):
            slot.current()
    assert len(tries) == 1
    monkeypatch.undo()
    monkeypatch.setattr(live_model, "RETRY_SECONDS", 0.0)
    assert slot.current().version == two_models[0]
