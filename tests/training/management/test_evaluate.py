"""`manage.py evaluate`, through the command as an engineer types it, on drawn photos.

The bundles here have weights of zero, so their answer is the same for every photo and every figure
can be said beforehand.
"""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from django.core.management import CommandError, call_command

from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from tests.manifests import a_manifest
from tests.rows import champion_of
from training.data.folder import read_photos
from training.data.photo_folders import PhotoFolders
from training.data.splits.split import stratified_split
from training.evaluation.bad_photos.corruptions import CORRUPTIONS

SURE = 12.0  # a logit that leaves nothing to the others


def stubborn_bundle(folder: Path, *, main: float, sub: float, novelty: float, **facts: Any) -> Path:
    """Save a bundle that says Bags › Tote Bags of everything, as sure as its logits make it."""
    network = HierarchicalResNet().eval()
    with torch.no_grad():
        for head in (network.main_head, network.sub_head, network.novelty_unit):
            head.weight.zero_()
            head.bias.zero_()
        network.main_head.bias[MAIN_CLASSES.index("Bags")] = main
        network.sub_head.bias[SUBCLASSES.index("Tote Bags")] = sub
        network.novelty_unit.bias[0] = novelty
    small = Preprocessing(size=32, resize=32)
    save_bundle(network, a_manifest(name=folder.name, preprocessing=small, **facts), folder)
    return folder


@pytest.fixture(scope="module")
def sure_bundle(drawn_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that is sure that everything is a tote bag; split with seed 3."""
    return stubborn_bundle(
        tmp_path_factory.mktemp("bundles") / "sure",
        main=SURE, sub=SURE, novelty=-SURE,
        dataset_fingerprint=PhotoFolders.of(drawn_photos).fingerprint(read_photos(drawn_photos)),
        metrics={"split": {"seed": 3, "by": "product"}},
    )  # fmt: skip


@pytest.fixture(scope="module")
def unsure_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that is never sure of the main class."""
    folder = tmp_path_factory.mktemp("bundles") / "unsure"
    return stubborn_bundle(folder, main=0.1, sub=SURE, novelty=-SURE)


def evaluated(folder: Path, photos: Path, bundle: Path, *more: str) -> dict[str, Any]:
    """Run the command and return what it wrote as JSON."""
    figures = folder / "figures.json"
    call_command(
        "evaluate", "--photos", str(photos), "--bundle", str(bundle), "--json", str(figures),
        "--report", str(folder / "report"), *more,
    )  # fmt: skip
    document: dict[str, Any] = json.loads(figures.read_text())
    return document


@pytest.fixture(scope="module")
def on_all(
    drawn_photos: Path, sure_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], str]:
    """The document and the page of the sure bundle on all drawn photos."""
    folder = tmp_path_factory.mktemp("on-all")
    document = evaluated(
        folder, drawn_photos, sure_bundle, "--split", "all", "--robustness-photos", "3"
    )
    return document, (folder / "report" / "index.html").read_text()


def test_figures_are_those_of_the_answers(on_all: tuple[dict[str, Any], str]) -> None:
    """What calls everything a tote bag is right on a third, on a ninth, and rejects nothing."""
    figures = on_all[0]["figures"]
    assert figures["photos"] == {"items": 90, "near": 10, "others": 10}
    assert figures["main_accuracy"] == pytest.approx(1 / 3)
    assert figures["sub_accuracy"] == figures["overall_accuracy"] == pytest.approx(1 / 9)
    assert figures["sub_accuracy_where_main_right"] == pytest.approx(1 / 3)
    assert figures["coverage"] == figures["near_tagged_with_subclass"] == 1
    assert figures["tag_accuracy"] == pytest.approx(1 / 9)
    assert figures["others_rejected"] == 0
    assert figures["per_subclass"]["Tote Bags"]["recall"] == 1
    low, high = figures["per_subclass"]["Tote Bags"]["precision_95"]
    assert low < 1 / 9 < high
    columns = zip(*on_all[0]["curves"]["sub"]["confusion"]["rows"], strict=True)
    assert [sum(column) for column in columns] == [0] * 8 + [90]


def test_covered_and_cut_photos_are_judged_too(on_all: tuple[dict[str, Any], str]) -> None:
    """Each share from 0 to 60 % has its figures, on as many items as were asked for."""
    robustness = on_all[0]["robustness"]
    assert robustness["photos"] == 3
    assert robustness["shares"] == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert [row["coverage"] for row in robustness["covered"] + robustness["cut"]] == [1] * 14


def test_bad_photos_made_by_code_are_judged_too(on_all: tuple[dict[str, Any], str]) -> None:
    """Each corruption has its accuracy and its wrong tags, beside the photos as they are."""
    rows = on_all[0]["robustness"]["corrupted"]
    assert [row["name"] for row in rows] == ["as it is", *CORRUPTIONS]
    # This bundle says Tote Bags of whatever it sees.
    assert {row["coverage"] for row in rows} == {1}
    assert len({row["wrong_tag_rate"] for row in rows}) == 1
    for name in ("collage", "screenshot", "crushed JPEG"):
        assert f"<th>{name}</th>" in on_all[1]


def test_the_first_line_counts_everything(on_all: tuple[dict[str, Any], str]) -> None:
    """A model that tags whatever comes in is wrong with all near photos and others, and says so."""
    stream = on_all[0]["figures"]["stream"]
    counts = {name: figure["photos"] for name, figure in stream["per_1000"].items()}
    assert counts["wrong_others"] == 50
    assert counts["wrong"] == pytest.approx(850 * 8 / 9 + 100 + 50, abs=1)
    assert f"Of 1,000 photos like these: {counts['right_subclass']} (" in on_all[1]
    assert "Mix: 85 % items, 10 % near photos, 5 % others." in on_all[1]


def test_another_mix_and_thresholds_by_hand_are_said(
    drawn_photos: Path, sure_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mix stands in the first line; a bundle whose thresholds were edited is named as such."""
    bundle = Path(shutil.copytree(sure_bundle, tmp_path / "edited"))
    document = json.loads((bundle / "bundle.json").read_text())
    document["metrics"] |= {"test": {}, "mark": "of other thresholds"}
    (bundle / "bundle.json").write_text(json.dumps(document))
    few = ["--robustness-photos", "0", "--mix", "60,20,20"]
    call_command("evaluate", "--photos", str(drawn_photos), "--bundle", str(bundle), *few)
    printed = capsys.readouterr().out
    assert printed.splitlines()[0].startswith("Of 1,000 photos like these: ")
    assert printed.splitlines()[0].endswith("Mix: 60 % items, 20 % near photos, 20 % others.")
    assert "were changed after the figures that it carries were measured" in printed


def test_photos_of_the_training_are_said_to_flatter(on_all: tuple[dict[str, Any], str]) -> None:
    """Judged on all of the photos it was trained on, the page and the JSON say so."""
    (note,) = on_all[0]["photos"]["notes"]
    assert "trained on these very photos" in note
    assert note in on_all[1]


def test_the_page_needs_nothing_from_elsewhere(on_all: tuple[dict[str, Any], str]) -> None:
    """It holds its pictures and twenty mistakes in itself, and neither scripts nor addresses."""
    page = on_all[1]
    assert page.count("<img ") == page.count('src="data:image/jpeg;base64,') == 20
    assert page.count("<svg ") >= 5
    assert "<script" not in page
    assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "").replace(
        'xmlns:xlink="http://www.w3.org/1999/xlink"', ""
    )


def test_the_default_is_the_bundles_own_test_split(
    drawn_photos: Path, sure_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The photos are those that its seed holds out, without a warning; the table is printed."""
    document = evaluated(tmp_path, drawn_photos, sure_bundle, "--robustness-photos", "0")
    held_out = stratified_split(read_photos(drawn_photos), seed=3).test
    assert document["photos"]["count"] == len(held_out)
    assert document["photos"]["notes"] == []
    assert document["robustness"]["photos"] == 0
    counted = Counter(sample.stratum for sample in held_out)
    assert {row["stratum"]: sum(row["counts"].values()) for row in document["ends"]} == counted
    printed = capsys.readouterr().out
    assert "Subclass accuracy, main right" in printed
    assert "99.0 %" in printed


def test_every_fallback_is_shown_by_class_and_without_photos_by_name(
    drawn_photos: Path, unsure_bundle: Path, tmp_path: Path
) -> None:
    """Two examples of each kind of photo for its reason; --no-photos says that it left them out."""
    three_each = shutil.ignore_patterns("[3-9].jpg")
    photos = shutil.copytree(drawn_photos, tmp_path / "photos", ignore=three_each)
    more = ("--split", "all", "--robustness-photos", "0", "--no-photos")
    document = evaluated(tmp_path, photos, unsure_bundle, *more)
    assert document["figures"]["others_rejected"] == document["figures"]["items_unknown"] == 1
    assert document["figures"]["tag_accuracy"] is None
    examples = document["examples"]
    assert Counter(shown["stratum"] for shown in examples["main_below_threshold"]) == dict.fromkeys(
        (*SUBCLASSES, "Near Shoes", "Others"), 2
    )
    assert examples["sub_below_threshold"] == document["mistakes"] == []
    page = (tmp_path / "report" / "index.html").read_text()
    assert "<img" not in page
    assert "Photos are left out of this page on purpose" in page
    assert examples["main_below_threshold"][0]["path"] in page


def test_other_photos_and_unreadable_ones_are_said(
    drawn_photos: Path, sure_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder the bundle does not know is said to be one, and a damaged photo is named."""
    photos = tmp_path / "photos"
    shutil.copytree(drawn_photos / "Bags", photos / "Bags")
    (photos / "Bags/Clutches/0.jpg").write_bytes(b"no photo")
    document = evaluated(
        tmp_path, photos, sure_bundle, "--split", "all", "--robustness-photos", "0"
    )
    assert document["photos"]["count"] == 29
    assert document["photos"]["notes"] == []
    (bad,) = document["photos"]["unreadable"]
    assert bad["path"] == "Bags/Clutches/0.jpg"
    assert "Not read: Bags/Clutches/0.jpg" in capsys.readouterr().out
    call_command(
        "evaluate", "--photos", str(photos), "--bundle", str(sure_bundle),
        "--robustness-photos", "0",
    )  # fmt: skip
    assert "not the photos that the bundle was trained on" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_model_in_production_is_judged_by_default(
    drawn_photos: Path, sure_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --bundle the champion is taken, and --model takes another by its name."""
    champion_of(sure_bundle)
    few = ["evaluate", "--photos", str(drawn_photos), "--robustness-photos", "0"]
    call_command(*few)
    call_command(*few, "--model", "sure", "--split", "validation")
    printed = capsys.readouterr().out
    assert printed.count("sure on ") == 2
    assert "thresholds were chosen on its validation photos" in printed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--photos", "nowhere"], "There is no folder"),
        (["--bundle", "nowhere"], "There is no nowhere/bundle.json"),
        (["--robustness-photos", "-1"], "--robustness-photos is 0 or more, not -1"),
        (["--model", "unheard-of"], "No model is registered as unheard-of"),
        ([], "No model is in production"),
    ],
)
def test_bad_input_gets_a_sentence(
    drawn_photos: Path, sure_bundle: Path, wrong: list[str], sentence: str
) -> None:
    """A missing folder, bundle or model ends the command with what to do, not a traceback."""
    given = ["--photos", str(drawn_photos), *wrong]
    if "--photos" in wrong:
        given += ["--bundle", str(sure_bundle)]
    with pytest.raises(CommandError, match=sentence):
        call_command("evaluate", *given)


def test_a_file_that_cannot_be_written_is_named(
    drawn_photos: Path, sure_bundle: Path, tmp_path: Path
) -> None:
    """A JSON path below a file ends the command with that path."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="cannot be read or written"):
        call_command(
            "evaluate", "--photos", str(drawn_photos), "--bundle", str(sure_bundle),
            "--robustness-photos", "0", "--json", str(tmp_path / "file" / "figures.json"),
        )  # fmt: skip


def test_the_engine_that_ran_is_named(
    drawn_photos: Path, sure_bundle: Path, tmp_path: Path
) -> None:
    """`--engine` runs the network as asked, and the figures say which engine it was."""
    more = ("--split", "all", "--robustness-photos", "0", "--engine", "torch-fp32")
    assert evaluated(tmp_path, drawn_photos, sure_bundle, *more)["engine"] == "torch-fp32"
    with pytest.raises(CommandError, match="needs a GPU"):
        evaluated(tmp_path, drawn_photos, sure_bundle, "--engine", "torch-fp16")
