"""`manage.py train`, through the command as an engineer types it, on small real runs."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from safetensors.torch import load_file

from classifier.ml.bundle import load_bundle

REPOSITORY = Path(__file__).resolve().parents[2]


def arguments(photos: Path, backbone: Path, output: Path, cache: Path, **more: Any) -> list[str]:
    """Return the command line of a small training run."""
    named = {
        "photos": photos, "backbone": backbone, "output": output, "cache": cache, "strides": "v1",
        "name": "drawn", "preset": "best", "views": 2, "epochs": 3, "batch-size": 16,
        "train-from": "heads", "split-by": "product",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    return [text for name, value in named.items() for text in (f"--{name}", str(value))]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frozen features that the runs of this file share."""
    return tmp_path_factory.mktemp("training-cache")


def test_a_folder_of_photos_becomes_a_bundle_with_figures(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path, capsys: Any
) -> None:
    """Training on a folder tree writes a bundle that loads, with figures on held-out photos."""
    output = tmp_path / "drawn"
    options = {"train_from": "layer4", "views": 1}
    call_command("train", *arguments(drawn_photos, backbone_file, output, cache, **options))
    manifest = load_bundle(output).manifest
    test = manifest.metrics["test"]
    assert manifest.stride_placement == "v1"
    assert test["photos"]["items"] > 0
    assert 0 <= test["sub_accuracy_95"][0] <= test["sub_accuracy"] <= test["sub_accuracy_95"][1]
    assert "drawn is saved in" in capsys.readouterr().out
    losses = [epoch["loss"] for epoch in manifest.training["epochs"]]
    assert losses[-1] < losses[0]


def test_the_same_seed_gives_the_same_weights(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """Two trainings with one seed write identical weights; another seed writes others."""
    hashes = []
    for name, seed in (("first", 1), ("second", 1), ("third", 2)):
        output = tmp_path / name
        call_command("train", *arguments(drawn_photos, backbone_file, output, cache, seed=seed))
        hashes.append(json.loads((output / "bundle.json").read_text())["weights_sha256"])
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


def test_a_killed_training_goes_on_and_ends_as_if_it_had_not_been_killed(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """SIGKILL after an epoch, the same command again: the weights are those of a calm run."""
    cache, killed, calm = tmp_path / "cache", tmp_path / "killed", tmp_path / "calm"
    options = {"epochs": 10, "views": 1}
    command = [
        sys.executable, "manage.py", "train",
        *arguments(drawn_photos, backbone_file, killed, cache, **options),
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | {"DEBUG": "on"})
    deadline = time.monotonic() + 240
    while not list(cache.glob("run-*/state.json")):
        assert process.poll() is None, "The training ended before it could be killed."
        assert time.monotonic() < deadline, "No epoch ended in time."
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not killed.exists()

    call_command("train", *arguments(drawn_photos, backbone_file, killed, cache, **options))
    assert not list(cache.glob("run-*")), "A finished run leaves no checkpoint behind."
    call_command("train", *arguments(drawn_photos, backbone_file, calm, cache, **options))
    first, second = (load_file(folder / "weights.safetensors") for folder in (killed, calm))
    assert all(first[name].equal(second[name]) for name in first)


def test_a_missing_folder_says_what_to_name(backbone_file: Path, tmp_path: Path) -> None:
    """A folder that is not there ends in one sentence, without a bundle."""
    missing = tmp_path / "nowhere"
    with pytest.raises(CommandError, match=r"There is no folder .*nowhere"):
        call_command("train", *arguments(missing, backbone_file, tmp_path / "out", tmp_path))
    assert not (tmp_path / "out").exists()


def test_an_unknown_class_folder_is_named(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """A folder of a class that the label tree lacks is an error that lists the known ones."""
    photos = Path(shutil.copytree(drawn_photos, tmp_path / "photos"))
    (photos / "Bags" / "Clutches").rename(photos / "Bags" / "Wallets")
    with pytest.raises(CommandError, match=r"no subclass 'Wallets'. It has Clutches"):
        call_command("train", *arguments(photos, backbone_file, tmp_path / "out", tmp_path))


def test_a_subclass_without_photos_is_named(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """A subclass with no training photo stops the run before anything is trained."""
    photos = Path(shutil.copytree(drawn_photos, tmp_path / "photos"))
    shutil.rmtree(photos / "Shoes" / "Boots")
    with pytest.raises(CommandError, match="no training photos of Boots"):
        call_command("train", *arguments(photos, backbone_file, tmp_path / "out", tmp_path))


def test_a_wild_learning_rate_ends_in_a_sentence(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """A loss that is no longer a number stops the run and says which rates to lower."""
    wild = arguments(drawn_photos, backbone_file, tmp_path / "out", cache, head_lr=1e30)
    with pytest.raises(CommandError, match="The loss became"):
        call_command("train", *wild)
    assert not (tmp_path / "out").exists()


def test_a_bundle_is_never_overwritten(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """An output folder that exists is refused at once."""
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("train", *arguments(drawn_photos, backbone_file, tmp_path, cache))
