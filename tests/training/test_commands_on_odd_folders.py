"""Every command that reads photos, whole, over one folder that has all that folders have."""

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from classifier.ml.bundle import load_bundle
from classifier.models import RetrainRun
from classifier.taxonomy import SUBCLASSES
from tests.odd_photo_files import GOOD, TOO_TALL, TOO_TALL_SAYS
from tests.rows import champion_of
from tests.training.management.training_runs import SIZE
from tests.training.odd_folders import (
    LATIN_1,
    add_a_pipe,
    add_copy,
    add_resource_forks,
    draw_tree,
    link_a_class,
    list_a_nul,
    list_absolute_paths,
    name_in_latin_1,
)
from tests.training.retraining import Shown, dataset_of, make_champion, review
from training.data.dataset_rows import NAMES

ENOUGH_TO_TRAIN, ENOUGH_TO_RETRAIN, FEW = 10, 34, 4  # photos of each subclass
QUICK = ("--train-from", "heads", "--epochs", "1", "--views", "1", "--batch-size", "32")


TRAPS = (
    name_in_latin_1,
    add_copy(".ipynb_checkpoints/0-checkpoint.jpg"),
    add_copy("Bags/Clutches/.thumbnails/0.jpg"),
    add_resource_forks,
    add_a_pipe,
    link_a_class,
)
UNREADABLE = os.fsdecode(b"z\xfcrich.jpg")


def odd_folder(root: Path, each: int) -> Path:
    """Draw photos, with every trap around them, and add those that have odd metadata."""
    draw_tree(root, each)
    for add_trap in TRAPS:
        add_trap(root)
    for path in list((root / "Shoes/Boots").iterdir()):
        path.rename(path.with_suffix(".jfif"))
    for path in GOOD:
        shutil.copy(path, root / "Bags/Clutches" / path.name)
    return root


def photos_of(each: int) -> int:
    """Return how many photos such a folder has."""
    return len(SUBCLASSES) * each + len(GOOD)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few photos, and a photo that would be a line, and one that is empty and named in Latin-1."""
    root = odd_folder(tmp_path_factory.mktemp("damaged") / "photos", FEW)
    shutil.copy(TOO_TALL, root / "Bags/Clutches" / TOO_TALL.name)
    (root / "Bags/Clutches" / UNREADABLE).touch()
    return root


def assert_all_was_said(text: str) -> None:
    """Check that what was left out is named: copies, resource forks and the pipe."""
    assert "Left out 4 (hidden, or put there by a system)" in text
    assert "Left out 1 (not a regular file): Bags/Clutches/pipe.jpg" in text


def train(photos: Path, backbone: Path, output: Path) -> None:
    call_command(
        "train", "--photos", str(photos), "--backbone", str(backbone), "--strides", "v1",
        "--preset", "best", "--split-by", "product", *QUICK, "--name", "odd", "--size", str(SIZE),
        "--output", str(output), "--cache", str(output.parent / "cache"),
    )  # fmt: skip


def test_train(backbone_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A bundle comes out, and lists each photo by its own name, odd ones too."""
    folder = odd_folder(tmp_path / "photos", ENOUGH_TO_TRAIN)
    train(folder, backbone_file, tmp_path / "odd")
    assert load_bundle(tmp_path / "odd").manifest.metrics["test"]["photos"]["items"] > 0
    with (tmp_path / "odd/dataset.csv").open(newline="", encoding="utf-8", errors=NAMES) as file:
        listed = {row["path"] for row in csv.DictReader(file)}
    assert len(listed) == photos_of(ENOUGH_TO_TRAIN)
    assert {f"Bags/Clutches/{LATIN_1}", "Shoes/Boots/0.jfif"} < listed
    assert_all_was_said(caplog.text)


def test_train_names_what_it_cannot_read(
    damaged: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """A photo that cannot be read ends it with the name, escaped, and nothing half-done stays."""
    with pytest.raises(CommandError, match=r"z\\xfcrich\.jpg|33x60000\.png"):
        train(damaged, backbone_file, tmp_path / "odd")
    assert not (tmp_path / "odd").exists()


def test_evaluate(
    damaged: Path, untrained_bundle: Path, tmp_path: Path,
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """All photos that can be read are judged; the two others are named, on paper and in print."""
    call_command(
        "evaluate", "--photos", str(damaged), "--bundle", str(untrained_bundle),
        "--split", "all", "--robustness-photos", "0", "--json", str(tmp_path / "figures.json"),
        "--report", str(tmp_path / "report"),
    )  # fmt: skip
    document = json.loads((tmp_path / "figures.json").read_text())
    assert document["photos"]["count"] == photos_of(FEW)
    assert len(document["photos"]["unreadable"]) == 2
    page = (tmp_path / "report/index.html").read_text()
    for text in (capsys.readouterr().out, page):
        assert "Bags/Clutches/z\\xfcrich.jpg" in text
        assert "Bags/Clutches/33x60000.png" in text
    assert_all_was_said(caplog.text)


@pytest.mark.django_db(transaction=True)
def test_retrain(settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A candidate is made of reviews and of the folder's photos, each under its own name."""
    settings.VAR_DIR = tmp_path / "var"
    folder = odd_folder(tmp_path / "photos", ENOUGH_TO_RETRAIN)
    champion = champion_of(make_champion(tmp_path / "first", folder))
    review([Shown.of(number, 900 + number) for number in range(4)], version=champion)
    call_command("retrain", "--photos", str(folder), *QUICK)
    run = RetrainRun.objects.get()
    assert run.state == "done", run.message
    assert run.candidate is not None
    listed = {row["path"] for row in dataset_of(run.candidate) if row["source"] == "base"}
    assert len(listed) == photos_of(ENOUGH_TO_RETRAIN)
    assert f"Bags/Clutches/{LATIN_1}" in listed
    assert_all_was_said(caplog.text)


def test_reproduce_paper(
    damaged: Path, backbone_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The tables are written of all photos that can be read, and name the others."""
    call_command(
        "reproduce_paper", "--photos", str(damaged), "--quick", "--at-most-epochs", "1",
        "--backbone", str(backbone_file), "--strides", "v1", "--cache", str(tmp_path / "cache"),
        "--output", str(tmp_path / "paper"),
    )  # fmt: skip
    for page in ("tables.md", "index.html"):
        text = (tmp_path / "paper" / page).read_text()
        assert "2 photos could not be read: " in text
        assert "z\\xfcrich.jpg" in text
    assert_all_was_said(caplog.text)


def test_check_photos(
    damaged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Every photo is looked into, and the two that cannot be read are found."""
    call_command(
        "check_photos", "--photos", str(damaged), "--no-model", "--output", str(tmp_path / "out")
    )
    readable = photos_of(FEW)
    expected = f"{readable + 2} photos were checked, {readable} can be read."
    assert expected in capsys.readouterr().out
    with (tmp_path / "out/findings.csv").open(newline="", errors=NAMES) as file:
        rows = list(csv.DictReader(file))
    unreadable = {Path(row["path"]).name for row in rows if row["flaw"] == "unreadable"}
    assert unreadable == {UNREADABLE, TOO_TALL.name}
    assert_all_was_said(caplog.text)


@pytest.mark.django_db
def test_classify(
    damaged: Path, untrained_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every photo has its line of JSON; two say why they cannot be tagged, and the exit is 1."""
    champion_of(untrained_bundle)
    with pytest.raises(SystemExit):
        call_command("classify", str(damaged), "--json")
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    failed = {
        Path(line["path"]).name: line["error"] for line in lines if line["status"] == "failed"
    }
    assert len(lines) == photos_of(FEW) + 2
    assert set(failed) == {UNREADABLE, TOO_TALL.name}
    assert failed[TOO_TALL.name].endswith(TOO_TALL_SAYS)
    assert_all_was_said(printed.err)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("write_manifest", "sentence"),
    [
        (list_absolute_paths, r"manifest\.csv, line 2: .* lies outside"),
        (list_a_nul, r"manifest\.csv, line 20: the path .* has a zero byte in it"),
    ],
)
def test_every_command_refuses_a_wrong_manifest(
    write_manifest: Callable[[Path], None], sentence: str,
    untrained_bundle: Path, backbone_file: Path, tmp_path: Path,
) -> None:  # fmt: skip
    """All five that read manifests say the line and what was expected, and leave nothing behind."""
    folder = draw_tree(tmp_path / "photos", each=2)
    write_manifest(folder)
    champion_of(untrained_bundle)
    output, photos = tmp_path / "output", ("--photos", str(folder))
    started: list[Callable[[], Any]] = [
        lambda: train(folder, backbone_file, output),
        lambda: call_command("evaluate", *photos, "--split", "all", "--json", str(output)),
        lambda: call_command("check_photos", *photos, "--no-model", "--output", str(output)),
        lambda: call_command("reproduce_paper", *photos, "--quick", "--output", str(output)),
        lambda: call_command("retrain", *photos, "--min-new", "0"),
    ]
    for command in started:
        with pytest.raises(CommandError, match=sentence):
            command()
    assert not list(tmp_path.rglob("output/*"))
    assert not output.is_file()
