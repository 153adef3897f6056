"""`manage.py organise_deepfashion2`, on a small tree of drawn pictures in DeepFashion2's shape."""

import csv
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
from PIL import Image, ImageDraw

from tests import odd_metadata
from tests.odd_photo_files import GOOD, TOO_TALL, TOO_TALL_SAYS, assert_shows, is_turned
from tests.pictures import colour_at
from tests.repository import REPOSITORY
from tests.servers.watcher import end_with_the_run
from training.data.folder import Kind, read_photos

DRESS, SKIRT, COAT, TOP = 13, 9, 4, 1


def garment(category: int, box: list[float], **more: Any) -> dict[str, Any]:
    """Return an item as DeepFashion2 writes it, with fields that are not needed here."""
    return {"category_id": category, "bounding_box": box, "style": 1, "scale": 2, **more}


class Pictures:
    """A part of DeepFashion2, made picture by picture."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "annos").mkdir(parents=True)
        (folder / "image").mkdir()

    def add(self, name: str, *items: dict[str, Any], **fields: Any) -> None:
        """Draw a picture in which each box is a red rectangle, and write its annotation."""
        picture = Image.new("RGB", (300, 400), "white")
        for item in items:
            box = item["bounding_box"]
            if len(box) == 4 and box[0] < box[2] and box[1] < box[3]:
                ImageDraw.Draw(picture).rectangle(box, fill="red")
        picture.save(self.folder / "image" / f"{name}.jpg")
        named = {f"item{i}": item for i, item in enumerate(items, start=1)}
        annotation = {"source": "shop", "pair_id": 7, **fields, **named}
        (self.folder / "annos" / f"{name}.json").write_text(json.dumps(annotation))


@pytest.fixture
def part(tmp_path: Path) -> Pictures:
    """Three good pictures: a coat over a skirt, a dress of the same pair, and a top."""
    part = Pictures(tmp_path / "train")
    part.add("000001", garment(COAT, [50, 50, 150, 250]), garment(SKIRT, [60, 200, 160, 380]))
    part.add("000002", garment(DRESS, [100, 100, 200, 300]), source="user")
    part.add("000003", garment(TOP, [10, 10, 110, 110]), pair_id=8)
    return part


def organise(part: Pictures, output: Path, *options: str) -> None:
    call_command("organise_deepfashion2", str(part.folder), str(output), *options)


def test_files_as_other_programs_leave_them_are_read(part: Pictures, tmp_path: Path) -> None:
    """A byte-order mark, odd EXIF and a system's own files cost no garment; a pipe is named."""
    annotation = part.folder / "annos" / "000001.json"
    annotation.write_text(annotation.read_text(), encoding="utf-8-sig")
    exif, _ = odd_metadata.exif_block(3)
    picture = part.folder / "image" / "000002.jpg"
    plain = picture.read_bytes()
    picture.write_bytes(
        plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:]
    )
    (part.folder / "annos" / "._000001.json").write_bytes(b"\0\5\x16\7")
    os.mkfifo(part.folder / "annos" / "000009.json")
    organise(part, tmp_path / "photos")
    assert len(read_photos(tmp_path / "photos")) == 3
    problems = (tmp_path / "photos/problems.csv").read_text().splitlines()[1:]
    assert len(problems) == 1
    assert "000009.json is not a regular file" in problems[0]


def test_photos_with_odd_metadata_are_cut_as_they_are_meant(part: Pictures, tmp_path: Path) -> None:
    """Each gives its garment, turned as the file says; what would be a line, or has a name that is
    not UTF-8 and nothing in it, is a problem by name."""
    odd = os.fsdecode(b"caf\xe9")
    for path in [*GOOD, TOO_TALL]:
        part.add(path.stem, garment(DRESS, [0, 0, *((64, 96) if is_turned(path) else (96, 64))]))
        shutil.copy(path, part.folder / "image" / f"{path.stem}.jpg")
    part.add(odd, garment(DRESS, [0, 0, 90, 60]))
    (part.folder / "image" / f"{odd}.jpg").write_bytes(b"")
    organise(part, tmp_path / "photos", "--margin", "0", "--min-side", "32")
    for path in GOOD:
        crop = tmp_path / f"photos/Clothing/Dresses/train_{path.stem}_item1.jpg"
        with Image.open(crop) as image:
            assert_shows(path, image)
    problems = (tmp_path / "photos/problems.csv").read_bytes().splitlines()[1:]
    assert len(problems) == 2
    assert TOO_TALL_SAYS in problems[0].decode()
    assert b"caf\xe9.jpg" in problems[1]


def test_garments_become_photos_with_labels_and_products(part: Pictures, tmp_path: Path) -> None:
    """Each garment is cut out into the folder of its subclass; a pair is one product."""
    organise(part, tmp_path / "photos")
    samples = {s.sub: s for s in read_photos(tmp_path / "photos")}
    assert {sub: s.path.name for sub, s in samples.items()} == {
        "Outerwear": "train_000001_item1.jpg",
        "Skirts": "train_000001_item2.jpg",
        "Dresses": "train_000002_item1.jpg",
    }
    assert {s.group for s in samples.values()} == {"pair-7"}
    with (tmp_path / "photos/manifest.csv").open() as file:
        assert [row["source"] for row in csv.DictReader(file)] == ["shop", "shop", "user"]


def test_a_crop_shows_its_box_and_a_margin(part: Pictures, tmp_path: Path) -> None:
    """The crop is the box with 10 % more on every side, and not beyond the picture."""
    part.add("000004", garment(DRESS, [0, 200, 100, 400]))
    organise(part, tmp_path, "--margin", "0.1")
    with Image.open(tmp_path / "Clothing/Dresses/train_000002_item1.jpg") as crop:
        assert crop.size == (120, 240)
        assert colour_at(crop, (60, 120))[0] > 200 > colour_at(crop, (60, 120))[1]
        assert min(colour_at(crop, (3, 3))) > 200
    with Image.open(tmp_path / "Clothing/Dresses/train_000004_item1.jpg") as crop:
        assert crop.size == (110, 220)


@pytest.mark.parametrize(
    ("rest", "kind"), [("nowhere", None), ("near", Kind.NEAR), ("others", Kind.OTHER)]
)
def test_tops_and_trousers_go_where_asked(
    part: Pictures, tmp_path: Path, rest: str, kind: Kind | None, capsys: Any
) -> None:
    """--rest leaves them out and says so, or makes them near or other photos."""
    organise(part, tmp_path / "photos", "--rest", rest)
    kinds = {s.kind for s in read_photos(tmp_path / "photos")} - {Kind.ITEM}
    assert kinds == ({kind} if kind else set())
    assert ("Left out, as --rest says: 1 Tops." in capsys.readouterr().out) == (kind is None)


def test_all_thirteen_categories_have_a_destination(tmp_path: Path) -> None:
    """The documented mapping: outwear 3-4, skirt 9, dresses 10-13, the rest near."""
    part = Pictures(tmp_path / "all")
    for category in range(1, 14):
        part.add(f"{category:06}", garment(category, [50, 50, 250, 350]))
    organise(part, tmp_path / "photos", "--rest", "near")
    strata = {int(s.path.name[4:10]): s.stratum for s in read_photos(tmp_path / "photos")}
    near = dict.fromkeys((1, 2, 5, 6, 7, 8), "Near Clothing")
    dresses = dict.fromkeys((10, 11, 12, 13), "Dresses")
    assert strata == near | dresses | {3: "Outerwear", 4: "Outerwear", 9: "Skirts"}


def test_bad_annotations_and_pictures_are_counted_and_named(
    part: Pictures, tmp_path: Path, capsys: Any
) -> None:
    """Each problem leaves out its own garment alone, and is printed and kept in problems.csv."""
    (part.folder / "annos/100001.json").write_text('{"item1": {"category')
    (part.folder / "annos/100002.json").write_text("[1, 2]")
    part.add("100003", garment(DRESS, [400, 10, 500, 200]))
    part.add("100004", garment(DRESS, [200, 200, 100, 100], note="backwards"))
    part.add("100005", garment(14, [10, 10, 100, 200]), garment(DRESS, [1, 2, 3]))
    part.add("100006", garment(DRESS, [10, 10, 40, 40]))
    part.add("100007", garment(DRESS, [10, 10, 200, 300]))
    (part.folder / "image/100007.jpg").unlink()
    part.add("100008", garment(DRESS, [10, 10, 200, 300]))
    (part.folder / "image/100008.jpg").write_bytes(b"no picture")
    organise(part, tmp_path / "photos")
    printed = capsys.readouterr().out
    for line in (
        "2 x annotation cannot be read: 100001.json, 100002.json",
        "2 x box outside the picture: 100003.jpg item1, 100004.jpg item1",
        "2 x item without a known category or a box: 100005.json item1, 100005.json item2",
        "1 x crop too small: 100006.jpg item1",
        "1 x picture is missing: 100007.jpg",
        "1 x picture cannot be decoded: 100008.jpg",
    ):
        assert line in printed
    assert len(read_photos(tmp_path / "photos")) == 3
    assert len((tmp_path / "photos/problems.csv").read_text().splitlines()) == 10


def test_a_second_run_adds_only_what_is_new(part: Pictures, tmp_path: Path, capsys: Any) -> None:
    """Crops that are there are not made again; a new picture is added to the manifest."""
    output = tmp_path / "photos"
    organise(part, output)
    dress = output / "Clothing/Dresses/train_000002_item1.jpg"
    dress.write_bytes(b"touched by hand")
    part.add("000009", garment(DRESS, [100, 100, 200, 300]))
    capsys.readouterr()
    organise(part, output)
    assert "Clothing/Dresses               1       1" in capsys.readouterr().out
    assert dress.read_bytes() == b"touched by hand"
    assert len(read_photos(output)) == 4


def test_most_stops_a_folder_and_says_how_many_are_over(
    part: Pictures, tmp_path: Path, capsys: Any
) -> None:
    """With --most 2, also over two runs, a folder gets two crops."""
    for i in range(4):
        part.add(f"00010{i}", garment(SKIRT, [60, 200, 160, 380]))
    for _ in range(2):
        organise(part, tmp_path / "photos", "--most", "2")
    assert sum(s.sub == "Skirts" for s in read_photos(tmp_path / "photos")) == 2
    assert "Clothing/Skirts                0       2            3" in capsys.readouterr().out


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    """SIGKILL in the middle, then the same command: every garment once, and every file whole."""
    part = Pictures(tmp_path / "train")
    for i in range(400):
        part.add(f"{i:06}", garment(DRESS, [20, 20, 280, 380]), pair_id=i)
    output = tmp_path / "photos"
    command = [sys.executable, "manage.py", "organise_deepfashion2", str(part.folder), str(output)]
    running = subprocess.Popen(
        command, cwd=REPOSITORY, env={**os.environ, "DEBUG": "on"}, stdout=subprocess.DEVNULL
    )
    end_with_the_run(running.pid)
    deadline = time.monotonic() + 300
    while not list(output.rglob("*.jpg")) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "It ended before it was killed."
    assert 0 < len(list(output.rglob("*.jpg"))) < 400
    with (output / "manifest.csv").open("a") as file:
        file.write("Clothing/Dresses/torn_row")
    organise(part, output)
    samples = read_photos(output)
    assert len({s.path for s in samples}) == len(samples) == 400
    for sample in samples:
        with Image.open(sample.path) as photo:
            photo.load()


@pytest.mark.parametrize("missing", ["annos", "image"])
def test_another_folder_is_refused(tmp_path: Path, missing: str) -> None:
    """The message says which folder is missing and what was expected."""
    part = Pictures(tmp_path / "train")
    (part.folder / missing).rmdir()
    with pytest.raises(CommandError, match=f"no folder .*{missing}.*Expected a part of DeepFash"):
        organise(part, tmp_path / "photos")


def test_a_folder_with_another_manifest_is_refused(part: Pictures, tmp_path: Path) -> None:
    """Somebody's own manifest is not appended to."""
    (tmp_path / "manifest.csv").write_text("path,main,sub\n")
    with pytest.raises(CommandError, match="has the columns path, main, sub; expected"):
        organise(part, tmp_path)


def test_nothing_usable_is_an_error(tmp_path: Path) -> None:
    """A part without one usable garment ends with an error, after saying what was wrong."""
    part = Pictures(tmp_path / "train")
    (part.folder / "annos/000001.json").write_text("{")
    with pytest.raises(CommandError, match="Not one crop could be made"):
        organise(part, tmp_path / "photos")
