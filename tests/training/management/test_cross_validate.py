"""`manage.py cross_validate` and `train --cross-fit`, on small real runs of the heads."""

import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from classifier.taxonomy import TAXONOMY
from tests.training.conftest import draw_photo
from tests.training.management.training_runs import SIZE
from training.calibration.held_out_scores import read_held_out_file
from training.data.dataset_rows import read_dataset
from training.data.folder import read_photos
from training.data.splits.leave_out import FOLDS


@pytest.fixture(scope="module")
def shops(drawn_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn photos with a manifest that names three shops."""
    folder = Path(shutil.copytree(drawn_photos, tmp_path_factory.mktemp("shops") / "photos"))
    rows = ["path,main,sub,source,group"]
    for number, sample in enumerate(read_photos(folder)):
        path = sample.path.relative_to(folder)
        shop = f"shop {number % 3}"
        rows.append(f"{path},{sample.main or 'Others'},{sample.sub or ''},{shop},{sample.group}")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    return folder


def recipe(photos: Path, backbone: Path, cache: Path) -> list[str]:
    """Return the arguments of a short training of the heads."""
    return [
        "--photos", str(photos), "--backbone", str(backbone), "--strides", "v1",
        "--preset", "best", "--train-from", "heads", "--epochs", "2", "--views", "1",
        "--batch-size", "16", "--precision", "fp32", "--cache", str(cache), "--size", str(SIZE),
    ]  # fmt: skip


def test_every_source_and_every_product_takes_its_turn(
    shops: Path, backbone_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each photo is judged once by a network that saw nothing of its shop, then of its product."""
    figures = tmp_path / "figures.json"
    call_command(
        "cross_validate", *recipe(shops, backbone_file, tmp_path), "--json", str(figures),
        "--leave-out", "source", "product", "--fewest", "20", "--products-as-named",
    )  # fmt: skip
    by_source, by_product = json.loads(figures.read_text())
    assert [turn["name"] for turn in by_source["turns"]] == ["shop 0", "shop 1", "shop 2"]
    assert len(by_product["turns"]) == FOLDS
    for document in (by_source, by_product):
        counts = [turn["photos"] for turn in document["turns"]]
        total = {kind: sum(count[kind] for count in counts) for kind in ("items", "near", "others")}
        assert total == document["pooled"]["photos"] == {"items": 90, "near": 10, "others": 10}
        assert document["pooled"]["stream"]["per_1000"]["unknown"]["interval"] is not None
    printed = capsys.readouterr().out
    assert "Left out in turn: source." in printed
    assert printed.count("Of 1,000 photos like these") == 2


def test_the_preset_for_unseen_sources_is_judged_by_sources(
    backbone_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """From layer 2 on, with scenes, each of two shops is left out once."""
    rows = ["path,main,sub,source,group"]
    places = [f"{main}/{sub}" for main, subs in TAXONOMY.items() for sub in subs]
    for number, place in enumerate([*places, "Near/Bags", "Others/Rooms"]):
        main, sub = place.split("/")
        main, sub = {"Near": (sub, ""), "Others": ("Others", "")}.get(main, (main, sub))
        for i in range(6 if number in (0, 5) else 2):
            draw_photo(tmp_path / "photos" / place / f"{i}.jpg", number, seed=100 * number + i)
            rows.append(f"{place}/{i}.jpg,{main},{sub},shop {i % 2},{place} {i}")
    (tmp_path / "photos" / "manifest.csv").write_text("\n".join(rows) + "\n")
    call_command(
        "cross_validate", *recipe(tmp_path / "photos", backbone_file, tmp_path),
        "--preset", "unseen", "--train-from", "layer2", "--train-size", "32", "--draws", "16",
        "--epochs", "1", "--products-as-named", "--fewest", "2",
        "--json", str(tmp_path / "figures.json"),
    )  # fmt: skip
    (document,) = json.loads((tmp_path / "figures.json").read_text())
    assert [turn["name"] for turn in document["turns"]] == ["shop 0", "shop 1"]
    assert document["pooled"]["photos"] == {"items": 26, "near": 2, "others": 2}
    assert caplog.text.count("Training with seed 1.") == 2
    assert "64 passes of a photo will take this CPU about" in caplog.text


def test_one_shop_alone_cannot_be_left_out(
    drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """Before anything is trained, the message says where sources come from."""
    with pytest.raises(CommandError, match="column source of a manifest"):
        call_command("cross_validate", *recipe(drawn_photos, backbone_file, tmp_path))


def test_cross_fitting_lets_training_photos_choose_thresholds(
    shops: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """Every training photo is in held_out.csv, beside validation and test photos, once each."""
    bundle = tmp_path / "bundle"
    call_command(
        "train", *recipe(shops, backbone_file, tmp_path / "cache"), "--name", "crossed",
        "--output", str(bundle), "--split-by", "product", "--cross-fit", "2",
    )  # fmt: skip
    scores = read_held_out_file(bundle / "held_out.csv")
    with (bundle / "dataset.csv").open(newline="") as file:
        rows = read_dataset(file, "dataset.csv")
    assert sorted(scores.photo) == sorted(row.sha256[:32] for row in rows)
    assert {row.origin for row in rows} == {"shop 0", "shop 1", "shop 2"}
    by_photo = dict(zip(scores.photo, scores.split, strict=True))
    assert all(by_photo[row.sha256[:32]] == str(row.split) for row in rows)
    document = json.loads((bundle / "bundle.json").read_text())
    assert document["metrics"]["promise"]["photos"] == len(scores.choosing)
    assert document["metrics"]["mark"]
    with pytest.raises(CommandError, match="--cross-fit is 0, or 2 and more"):
        call_command(
            "train", *recipe(shops, backbone_file, tmp_path), "--name", "one", "--output",
            str(tmp_path / "one"), "--cross-fit", "1",
        )  # fmt: skip
