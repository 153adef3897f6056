"""`manage.py check_photos`, on small folders with known flaws."""

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.training.conftest import draw_photo
from tests.training.patterns import save_pattern
from training.collect.check.mislabelled import find_mislabelled, judgeable_labels
from training.data.folder import Sample, read_photos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten good photos, and one of each flaw that can be seen without a model."""
    photos = tmp_path / "photos"
    for i in range(5):
        save_pattern(photos / f"Shoes/Boots/{i}.jpg", seed=i, size=(200, 200))
        save_pattern(photos / f"Bags/Clutches/{i}.jpg", seed=10 + i, size=(200, 200))
    (photos / "Shoes/Boots/torn.jpg").write_bytes(b"\xff\xd8 no more")
    save_pattern(photos / "Shoes/Boots/tiny.jpg", seed=20, size=(90, 200))
    shutil.copy(photos / "Shoes/Boots/1.jpg", photos / "Shoes/Boots/again.jpg")
    with Image.open(photos / "Bags/Clutches/2.jpg") as photo:
        photo.resize((150, 150)).save(photos / "Shoes/Boots/a  clutch.jpg")
    return photos


def check(folder: Path, *options: str) -> Path:
    """Run the command and return the folder of what it wrote."""
    output = folder.parent / "check"
    call_command("check_photos", "--photos", str(folder), "--output", str(output), *options)
    return output


def findings(output: Path) -> set[tuple[str, str]]:
    with (output / "findings.csv").open(newline="") as file:
        return {(row["flaw"], row["path"]) for row in csv.DictReader(file)}


FLAWS = {
    ("unreadable", "Shoes/Boots/torn.jpg"),
    ("too-small", "Shoes/Boots/tiny.jpg"),
    ("duplicate", "Shoes/Boots/again.jpg"),
    ("near-duplicate", "Shoes/Boots/a  clutch.jpg"),
    ("near-duplicate", "Bags/Clutches/2.jpg"),
}


def test_every_flaw_is_found_and_no_good_photo(folder: Path, capsys: Any) -> None:
    """The table, the CSV and the page name exactly the photos with a flaw."""
    output = check(folder, "--no-model")
    assert findings(output) == FLAWS
    printed = capsys.readouterr().out
    assert "14 photos were checked, 13 can be read." in printed
    assert "near-duplicate         2" in printed
    page = (output / "findings.html").read_text()
    for _, path in FLAWS:
        assert path in printed
        assert path in page
    assert page.count("data:image/jpeg;base64,") == 7  # torn.jpg has none, three have two


def test_only_the_checks_that_were_asked_for(folder: Path) -> None:
    """--only leaves the other flaws out."""
    assert findings(check(folder, "--only", "duplicate", "too-small")) == {
        ("too-small", "Shoes/Boots/tiny.jpg"),
        ("duplicate", "Shoes/Boots/again.jpg"),
    }


def test_quarantine_moves_and_restore_moves_back(folder: Path, tmp_path: Path) -> None:
    """Nothing is lost: what was found leaves the folder, and comes back byte for byte."""
    before = {path: path.read_bytes() for path in folder.rglob("*.jpg")}
    aside = tmp_path / "aside"
    check(folder, "--no-model", "--quarantine", str(aside))
    assert len(read_photos(folder)) == 9
    assert {str(path.relative_to(aside)) for path in aside.rglob("*.jpg")} == {p for _, p in FLAWS}
    assert findings(check(folder, "--no-model")) == set()
    check(folder, "--restore", str(aside))
    assert {path: path.read_bytes() for path in folder.rglob("*.jpg")} == before
    check(folder, "--restore", str(aside))  # once more does no harm


def test_restore_says_what_is_gone(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """A photo that somebody took out of the quarantine is named; the rest comes back."""
    aside = tmp_path / "aside"
    check(folder, "--no-model", "--quarantine", str(aside))
    (aside / "Shoes/Boots/tiny.jpg").unlink()
    with pytest.raises(SystemExit):
        check(folder, "--restore", str(aside))
    printed = capsys.readouterr().out
    assert "tiny.jpg is gone" in printed
    assert "4 photos were moved back" in printed


def test_a_manifest_follows_its_photos(folder: Path, tmp_path: Path) -> None:
    """Lines of moved photos leave manifest.csv, so that it can be trained on, and come back."""
    samples = read_photos(folder)
    with (folder / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "main", "sub", "group", "licence"))
        for s in samples:
            path = f"./{s.path.relative_to(folder)}"  # also written like this it is that photo
            writer.writerow((path, s.main, s.sub, s.path.stem, "mine, all"))
    check(folder, "--no-model", "--quarantine", str(tmp_path / "aside"))
    assert {s.path.name for s in read_photos(folder)}.isdisjoint({"torn.jpg", "again.jpg"})
    check(folder, "--restore", str(tmp_path / "aside"))
    with (folder / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["path"], row["licence"]) for row in rows} == {
        (f"./{s.path.relative_to(folder)}", "mine, all") for s in samples
    }


def test_restore_overwrites_nothing(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """Where another photo has taken the place, both stay where they are, and the exit code is 1."""
    aside = tmp_path / "aside"
    check(folder, "--only", "too-small", "--quarantine", str(aside))
    save_pattern(folder / "Shoes/Boots/tiny.jpg", seed=77)
    with pytest.raises(SystemExit) as stopped:
        check(folder, "--restore", str(aside))
    assert stopped.value.code == 1
    assert "tiny.jpg is taken" in capsys.readouterr().out
    assert (aside / "Shoes/Boots/tiny.jpg").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--quarantine", "{folder}/aside"], "Name another one"),
        (["--restore", "{folder}"], "it is no quarantine"),
        (["--backbone", "{folder}/gone.safetensors"], "There is no backbone file"),
        (["--bundle", "{folder}/gone"], "There is no .*bundle.json"),
    ],
)
def test_wrong_folders_are_refused(
    folder: Path, tmp_path: Path, options: list[str], message: str
) -> None:
    """A quarantine among the photos, one without record, missing weights: a sentence each."""
    with pytest.raises(CommandError, match=message):
        check(
            folder, "--cache", str(tmp_path / "cache"), *(o.format(folder=folder) for o in options)
        )
    assert len(list(folder.rglob("*.jpg"))) == 14


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """The message names the folder."""
    with pytest.raises(CommandError, match="There is no folder"):
        check(tmp_path / "gone")


def test_a_wrong_label_is_found_by_the_features(
    tmp_path: Path, backbone_file: Path, capsys: Any
) -> None:
    """A photo of one class that lies in another's folder is found, with its right label."""
    for number, subfolder in enumerate(("Shoes/Boots", "Bags/Clutches")):
        for i in range(8):
            draw_photo(tmp_path / f"photos/{subfolder}/{i}.jpg", number, seed=100 * number + i)
    draw_photo(tmp_path / "photos/Shoes/Boots/wrong.jpg", 1, seed=999)
    draw_photo(tmp_path / "photos/Others/Plants/0.jpg", 5, seed=5)
    output = check(
        tmp_path / "photos",
        "--only",
        "mislabelled",
        "--backbone",
        str(backbone_file),
        "--strides",
        "v1",
        "--cache",
        str(tmp_path / "cache"),
    )
    assert findings(output) == {("mislabelled", "Shoes/Boots/wrong.jpg")}
    printed = capsys.readouterr().out
    assert "wrong.jpg: Clutches is likely" in printed
    assert "Too few products to judge the labels of Others." in printed


def test_the_worst_label_comes_first_and_products_stay_together() -> None:
    """Of two wrong labels the more certain one is first; copies of a photo cannot vouch for it."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 60)
    features = rng.normal(size=(120, 8)) + 3.0 * truth[:, None]
    features[7] = features[8] = 5.0  # two photos of one product, labelled Boots
    names = ("Boots", "Clutches")
    mains = ("Shoes", "Bags")
    samples = [
        Sample(Path(f"{i}.jpg"), mains[t], names[t], "p" if i in (7, 8) else str(i))
        for i, t in enumerate(truth)
    ]
    labels, skipped = judgeable_labels(samples)
    label_check = find_mislabelled(samples, features.astype(np.float32), labels)
    assert skipped == []
    assert {finding.sample.path.name for finding in label_check.findings[:2]} == {"7.jpg", "8.jpg"}
    assert label_check.accuracy > 0.9
