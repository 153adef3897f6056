"""`manage.py train`, through the command as an engineer types it, on small real runs."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command
from safetensors.torch import load_file

from classifier.ml.bundle import load_bundle
from classifier.ml.manifest import sha256_of
from tests.servers.processes import Program, completed
from tests.training.management.training_runs import LAYER4, arguments
from tests.training.patterns import replace_unnoticed
from training.data.dataset_rows import read_dataset


@pytest.fixture(scope="module")
def calm(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The bundle of a training of stage 4 that nothing disturbed."""
    output = tmp_path_factory.mktemp("bundles") / "calm"
    call_command("train", *arguments(drawn_photos, backbone_file, output, cache, **LAYER4))
    return output


def test_a_folder_of_photos_becomes_a_bundle_with_figures(calm: Path) -> None:
    """Training on a folder tree writes a bundle that loads, with figures on held-out photos."""
    manifest = load_bundle(calm).manifest
    test = manifest.metrics["test"]
    assert manifest.stride_placement == "v1"
    assert test["photos"]["items"] > 0
    assert 0 <= test["sub_accuracy_95"][0] <= test["sub_accuracy"] <= test["sub_accuracy_95"][1]
    assert manifest.metrics["split"] == {"seed": 0, "by": "product"}
    losses = losses_of(calm)
    assert losses[-1] < losses[0]


def losses_of(bundle: Path) -> list[float]:
    return [epoch["loss"] for epoch in load_bundle(bundle).manifest.training["epochs"]]


def test_a_bundle_keeps_the_list_of_its_photos(calm: Path, drawn_photos: Path) -> None:
    """Every photo is listed with label, split and hash, so that a retraining finds it again."""
    with (calm / "dataset.csv").open(newline="", encoding="utf-8") as file:
        rows = read_dataset(file, "dataset.csv")
    assert {row.path for row in rows} == {
        str(path.relative_to(drawn_photos)) for path in drawn_photos.rglob("*.jpg")
    }
    assert {row.split for row in rows} == {"train", "validation", "test"}
    assert rows[0].sha256 == sha256_of(drawn_photos / rows[0].path)


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


def test_a_photo_replaced_in_place_is_trained_with_its_new_content(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """Kept features of the photo that lay there before are not taken for it."""
    photos, kept = tmp_path / "photos", tmp_path / "kept"
    shutil.copytree(drawn_photos, photos)

    def weights(name: str, cache: Path) -> bytes:
        output = tmp_path / name
        call_command("train", *arguments(photos, backbone_file, output, cache, epochs=1, views=1))
        return (output / "weights.safetensors").read_bytes()

    before = weights("before", kept)
    with (tmp_path / "before" / "dataset.csv").open(newline="", encoding="utf-8") as file:
        trained = [photos / row.path for row in read_dataset(file, "") if row.split == "train"]
    trained.sort(key=lambda path: path.stat().st_size)
    replace_unnoticed(trained[-1], trained[0])
    after = weights("after", kept)
    assert after == weights("fresh", tmp_path / "empty")
    assert after != before


def work_within_an_epoch(pid: int, seconds: float) -> None:
    """Wait until a process has had that much more of the processor, however busy the machine is."""
    process = psutil.Process(pid)
    began = process.cpu_times().user
    while process.cpu_times().user < began + seconds:
        time.sleep(0.01)


def test_a_training_killed_within_an_epoch_ends_as_if_it_had_not_been_killed(
    drawn_photos: Path, backbone_file: Path, cache: Path, calm: Path, tmp_path: Path
) -> None:
    """SIGKILL in the middle of epoch 2, the same command again: weights and figures are those of
    a calm run, and so two runs of stage 4 with one seed are alike to the last bit."""
    runs, killed = tmp_path / "runs", tmp_path / "killed"
    shutil.copytree(cache, runs, copy_function=os.link)
    command = [
        sys.executable, "manage.py", "train",
        *arguments(drawn_photos, backbone_file, killed, runs, **LAYER4),
    ]  # fmt: skip
    alone = os.environ | {"DEBUG": "on", "OMP_NUM_THREADS": "1"}  # as the tests themselves
    process = Program("train", command, tmp_path, alone)
    process.start()
    deadline = time.monotonic() + 240
    whole = f"run-{16 * '?'}/state.json"  # not one that is being written
    while not (checkpoints := list(runs.glob(whole))):
        assert process.runs, f"The training ended before it could be killed: {process.log}"
        assert time.monotonic() < deadline, "No epoch ended in time."
        time.sleep(0.01)
    before = json.loads(checkpoints[0].read_text())["epochs"]
    work_within_an_epoch(process.pid, 0.15)  # an epoch takes one second
    process.kill()
    assert json.loads(checkpoints[0].read_text())["epochs"] == before
    assert len(before) == 1
    assert not killed.exists()

    call_command("train", *arguments(drawn_photos, backbone_file, killed, runs, **LAYER4))
    assert not list(runs.glob("run-*")), "A finished run leaves no checkpoint behind."
    first, second = (load_file(folder / "weights.safetensors") for folder in (killed, calm))
    assert all(first[name].equal(second[name]) for name in first)
    one, other = (json.loads((folder / "bundle.json").read_text()) for folder in (killed, calm))
    assert one["metrics"] == other["metrics"]
    assert one["thresholds"] == other["thresholds"]


def test_two_processes_train_one_bundle_as_one_does(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """Two CPU processes share each batch and learn as one does; the first alone writes.

    Without dropout, what differs is that class weights count within a process: 5 % of the loss.
    """
    options = {"preset": "study", "epochs": 8, "head_lr": 0.01, "size": 64}
    together, alone = tmp_path / "together", tmp_path / "alone"
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2",
        "manage.py", "train", *arguments(drawn_photos, backbone_file, together, cache, **options),
    ]  # fmt: skip
    env = os.environ | {"DEBUG": "on", "OMP_NUM_THREADS": "1"}
    ended = completed(command, env, seconds=240)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("is saved in") == 1
    call_command("train", *arguments(drawn_photos, backbone_file, alone, cache, **options))
    assert load_bundle(together).manifest.training["processes"] == 2
    assert losses_of(together)[-1] < 0.8 * losses_of(together)[0]
    assert losses_of(together) == pytest.approx(losses_of(alone), rel=0.05)


def test_the_studys_preset_knows_no_outliers_and_calls_nothing_novel(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """It trains on items alone, so its novelty unit knows nothing and its threshold is neutral."""
    output = tmp_path / "study"
    options = {"preset": "study", "precision": "bf16"}
    call_command("train", *arguments(drawn_photos, backbone_file, output, cache, **options))
    manifest = load_bundle(output).manifest
    config = manifest.training["config"]
    items = sum(1 for _ in drawn_photos.glob("*/*/*.jpg")) - 10  # Others/Plants
    assert manifest.preprocessing.fit == "centre_crop"
    assert manifest.thresholds.novelty == 1.0
    assert manifest.training["photos"]["train"] < items
    assert (config["schedule"], config["precision"], config["mixup"]) == ("plateau", "bf16", 0)


def test_a_wild_learning_rate_ends_in_a_sentence(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """A loss that is no longer a number stops the run and says which rates to lower."""
    wild = arguments(drawn_photos, backbone_file, tmp_path / "out", cache, head_lr=1e36)
    with pytest.raises(CommandError, match="The loss became"):
        call_command("train", *wild)
    assert not (tmp_path / "out").exists()
