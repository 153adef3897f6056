"""`manage.py train` with the preset for unseen sources, and several seeds in one bundle."""

from pathlib import Path
from typing import Any

import pytest
import torch
from django.core.management import call_command
from safetensors.torch import load_file

from classifier.ml.bundle import load_bundle
from classifier.taxonomy import TAXONOMY
from tests.training.conftest import draw_photo
from tests.training.management.training_runs import LAYER4, arguments
from training.data.dataset_rows import read_dataset
from training.runtime.progress import listening


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
        "preset": "unseen", "train_from": "layer2", "train_size": 32, "draws": 32, "epochs": 1,
        "seeds": 0, "size": 48,
    }  # fmt: skip
    asked = arguments(few_photos, backbone_file, output, tmp_path / "cache", **small)
    call_command("train", *asked, "--photos", str(more))
    bundle = load_bundle(output)
    assert bundle.manifest.head_layout == "joint"
    assert bundle.manifest.preprocessing.size == 48
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
