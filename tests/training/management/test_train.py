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

import psutil
import pytest
import torch
from django.core.management import CommandError, call_command
from safetensors.torch import load_file

from classifier.ml.bundle import load_bundle
from classifier.ml.manifest import sha256_of
from classifier.taxonomy import TAXONOMY
from tests.servers.watcher import end_with_the_run
from tests.training.conftest import draw_photo
from tests.training.patterns import replace_unnoticed
from training.data.dataset_rows import read_dataset
from training.runtime.progress import listening

SIZE = 64  # pixels: a twelfth of the usual work
REPOSITORY = Path(__file__).resolve().parents[3]


def arguments(photos: Path, backbone: Path, output: Path, cache: Path, **more: Any) -> list[str]:
    """Return the command line of a small training run."""
    named = {
        "photos": photos, "backbone": backbone, "output": output, "cache": cache, "strides": "v1",
        "name": "drawn", "preset": "best", "views": 2, "epochs": 3, "batch-size": 16,
        "train-from": "heads", "split-by": "product", "size": SIZE,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    return [text for name, value in named.items() for text in (f"--{name}", str(value))]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frozen features that the runs of this file share."""
    return tmp_path_factory.mktemp("training-cache")


LAYER4: dict[str, Any] = {"epochs": 2, "views": 1, "train_from": "layer4"}


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


@pytest.fixture(scope="module")
def few_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten photos of some labels, so that some are held out, and two of the other subclasses."""
    folder = tmp_path_factory.mktemp("few-photos")
    places = [f"{main}/{sub}" for main, subs in TAXONOMY.items() for sub in subs]
    for number, place in enumerate([*places, "Near/Bags/Luggage", "Others/Plants"]):
        for i in range(
            10 if place in ("Clothing/Dresses", "Bags/Clutches", "Others/Plants") else 2
        ):
            draw_photo(folder / place / f"{i}.jpg", number, seed=100 * number + i)
    return folder


def test_the_preset_for_unseen_sources_trains_two_folders_from_layer_2_on(
    few_photos: Path, backbone_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Photos of both folders become joint heads; what is frozen is as it came, and the command
    says beforehand how long it will take without a GPU."""
    more = tmp_path / "more"
    for number, place in enumerate(("Shoes/Boots", "Bags/Clutches", "Others/Rooms")):
        draw_photo(more / place / "1.jpg", number, seed=7000 + number)
    output = tmp_path / "bundle"
    small = {
        "preset": "unseen", "train_from": "layer2", "train_size": 48, "draws": 32, "epochs": 1,
        "seeds": 0,
    }  # fmt: skip
    asked = arguments(few_photos, backbone_file, output, tmp_path / "cache", **small)
    call_command("train", *asked, "--photos", str(more))
    bundle = load_bundle(output)
    assert bundle.manifest.head_layout == "joint"
    assert bundle.manifest.preprocessing.size == SIZE
    assert "32 passes of a photo will take this CPU about" in caplog.text
    with (output / "dataset.csv").open(newline="", encoding="utf-8") as file:
        assert len({row.origin for row in read_dataset(file, "dataset.csv")}) == 2
    start, trained = load_file(backbone_file), bundle.network.backbone.state_dict()
    moved = {
        name for name, value in trained.items()
        if not torch.equal(value.float(), start[name].half().float())
    }  # fmt: skip
    assert {name.split(".")[0] for name in moved} == {"layer2", "layer3", "layer4"}
    assert not any("bn" in name or "downsample.1" in name for name in moved)


SOUP: dict[str, Any] = {
    "preset": "unseen", "views": 1, "epochs": 2, "draws": 64, "head_lr": 0.01, "ema": 0.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def soup(
    few_photos: Path, backbone_file: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, torch.Tensor]]:
    """Weights of heads that were trained with seed 0, with seed 1, and with both."""
    folder = tmp_path_factory.mktemp("soup")
    weights = {}
    for seeds in ("0", "1", "0,1"):
        output = folder / seeds
        call_command(
            "train",
            *arguments(few_photos, backbone_file, output, cache, **SOUP),
            "--seeds",
            seeds,
        )
        weights[seeds] = load_file(output / "weights.safetensors")
    return weights


def test_several_seeds_become_the_mean_of_their_weights(
    soup: dict[str, dict[str, torch.Tensor]],
) -> None:
    """The bundle of two seeds lies half way between the bundles of each."""
    zero, one, both = (soup[seeds] for seeds in ("0", "1", "0,1"))
    assert not torch.equal(zero["sub_head.weight"], one["sub_head.weight"])
    for name, value in both.items():
        middle = (zero[name].float() + one[name].float()) / 2
        torch.testing.assert_close(value.float(), middle, atol=2e-3, rtol=2e-3)


def test_a_second_seed_that_was_stopped_goes_on(
    few_photos: Path,
    backbone_file: Path,
    cache: Path,
    soup: dict[str, dict[str, torch.Tensor]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Stopped while the second seed trains, the same command trains no seed anew."""
    output = tmp_path / "stopped"
    asked = [*arguments(few_photos, backbone_file, output, cache, **SOUP), "--seeds", "0,1"]
    begun: list[str] = []

    def stop_at_the_fourth(title: str, done: int, *_: object) -> None:
        if title.startswith("epoch") and done == 0:
            begun.append(title)
        if len(begun) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), listening(stop_at_the_fourth):
        call_command("train", *asked)
    assert begun == ["epoch 1 of 2", "epoch 2 of 2"] * 2
    caplog.clear()
    call_command("train", *asked)
    assert "Going on after epoch 2 of" in caplog.text
    assert "Going on after epoch 1 of" in caplog.text
    assert not list(cache.glob("run-*"))
    weights = load_file(output / "weights.safetensors")
    assert all(torch.equal(weights[name], value) for name, value in soup["0,1"].items())


def test_interpolation_leaves_the_weights_short_of_their_training(
    few_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """No share of the way is the start, with heads that were fitted to it."""
    output = tmp_path / "start"
    more = {
        **LAYER4,
        "epochs": 1,
        "draws": 32,
        "preset": "unseen",
        "interpolation": 0.0,
        "seeds": 0,
    }
    call_command("train", *arguments(few_photos, backbone_file, output, cache, **more))
    bundle, name = load_bundle(output), "layer4.2.conv3.weight"
    weight = bundle.network.backbone.state_dict()[name]
    torch.testing.assert_close(weight, load_file(backbone_file)[name], atol=1e-3, rtol=1e-3)
    assert bundle.manifest.metrics["test"]["main_accuracy"] > 0.5


def test_a_bundle_keeps_the_list_of_its_photos(calm: Path, drawn_photos: Path) -> None:
    """Every photo is listed with label, part and hash, so that a retraining finds it again."""
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


def work_within_an_epoch(pid: int, seconds: float) -> None:
    """Wait until a process has had that much more of the processor, however busy the machine is."""
    process = psutil.Process(pid)
    began = process.cpu_times().user
    while process.cpu_times().user < began + seconds:
        time.sleep(0.01)


def test_a_photo_replaced_in_place_is_trained_with_its_new_content(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """Kept features of the photo that lay there before are not taken for it."""
    photos, kept = tmp_path / "photos", tmp_path / "kept"
    shutil.copytree(drawn_photos, photos)

    def weights(name: str, cache: Path) -> bytes:
        output = tmp_path / name
        call_command("train", *arguments(photos, backbone_file, output, cache, epochs=1))
        return (output / "weights.safetensors").read_bytes()

    before = weights("before", kept)
    with (tmp_path / "before" / "dataset.csv").open(newline="", encoding="utf-8") as file:
        trained = [photos / row.path for row in read_dataset(file, "") if row.split == "train"]
    trained.sort(key=lambda path: path.stat().st_size)
    replace_unnoticed(trained[-1], trained[0])
    after = weights("after", kept)
    assert after == weights("fresh", tmp_path / "empty")
    assert after != before


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
    process = subprocess.Popen(command, cwd=REPOSITORY, env=alone)
    end_with_the_run(process.pid)
    deadline = time.monotonic() + 240
    whole = f"run-{16 * '?'}/state.json"  # not one that is being written
    while not (checkpoints := list(runs.glob(whole))):
        assert process.poll() is None, "The training ended before it could be killed."
        assert time.monotonic() < deadline, "No epoch ended in time."
        time.sleep(0.01)
    before = json.loads(checkpoints[0].read_text())["epochs"]
    work_within_an_epoch(process.pid, 0.3)  # an epoch takes seconds
    process.send_signal(signal.SIGKILL)
    process.wait()
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


def losses_of(bundle: Path) -> list[float]:
    return [epoch["loss"] for epoch in load_bundle(bundle).manifest.training["epochs"]]


def test_two_processes_train_one_bundle_as_one_does(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """Two CPU processes share each batch and learn as one does; the first alone writes.

    Without dropout, what differs is that class weights count within a process: 5 % of the loss.
    """
    options = {"preset": "study", "epochs": 8, "head_lr": 0.01}
    together, alone = tmp_path / "together", tmp_path / "alone"
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2",
        "manage.py", "train", *arguments(drawn_photos, backbone_file, together, cache, **options),
    ]  # fmt: skip
    env = os.environ | {"DEBUG": "on", "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        command, cwd=REPOSITORY, env=env, capture_output=True, text=True, timeout=240, check=False
    )
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


def test_too_few_products_to_split_are_said(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """The drawn photos of a class look alike: by looks they are too few products to validate on."""
    by_looks = arguments(drawn_photos, backbone_file, tmp_path / "out", cache, split_by="looks")
    with pytest.raises(CommandError, match="There are no validation photos: too few products"):
        call_command("train", *by_looks)


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
    wild = arguments(drawn_photos, backbone_file, tmp_path / "out", cache, head_lr=1e36)
    with pytest.raises(CommandError, match="The loss became"):
        call_command("train", *wild)
    assert not (tmp_path / "out").exists()


def test_settings_that_make_no_sense_are_refused(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """Half precision on a CPU, a batch of one photo and no views end in a sentence each."""
    for wrong, sentence in (
        ({"precision": "fp16"}, "fp16 needs a GPU"),
        ({"batch_size": 1}, "A step needs 2 photos in each of 1 processes"),
        ({"views": 0}, "--views must be at least 1"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\)"),
        ({"draws": -1}, "draws must not be below 0"),
        ({"loss": "joint"}, "A joint loss is that of joint heads"),
        ({"seeds": "0,1"}, "mean only where all began alike"),
        ({"seeds": "0,one"}, "Seeds are whole numbers, such as 0,1; not '0,one'"),
        ({"seeds": "0,0", "head_layout": "joint"}, "Each seed is trained once"),
        ({"seeds": "0,-1", "head_layout": "joint"}, "seed must not be below 0"),
        ({"seeds": "0,1", "seed": 2}, "not both"),
        ({"train_size": 16}, "preprocessing needs 32 <= size"),
    ):
        asked = arguments(drawn_photos, backbone_file, tmp_path / "out", cache, **wrong)
        with pytest.raises(CommandError, match=sentence):
            call_command("train", *asked)


def test_an_empty_folder_says_what_was_expected(backbone_file: Path, tmp_path: Path) -> None:
    """A folder without photos is an error that shows where photos belong."""
    (tmp_path / "photos").mkdir()
    asked = arguments(tmp_path / "photos", backbone_file, tmp_path / "out", tmp_path / "cache")
    with pytest.raises(CommandError, match=r"no photos.*Main/Subclass"):
        call_command("train", *asked)


def test_a_bundle_is_never_overwritten(
    drawn_photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """An output folder that exists is refused at once."""
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("train", *arguments(drawn_photos, backbone_file, tmp_path, cache))
