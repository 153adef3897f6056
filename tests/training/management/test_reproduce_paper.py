"""`manage.py reproduce_paper`: the study's tables beside ours, on a few drawn photos."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import StridePlacement, with_imagenet_backbone
from classifier.taxonomy import MAIN_OF, SUBCLASSES
from tests.scores import some_scores
from tests.training.labelled import item
from tests.training.patterns import save_pattern
from training import published
from training.data.augment import StudyAugmentation
from training.data.batches import PhotoBatches
from training.data.folder import read_photos
from training.data.photo_folders import PhotoFolders
from training.engine.presets import STUDY
from training.evaluation.scoring import Probabilities, truth_of
from training.paper.experiment import ExperimentRequest, WholeNetwork
from training.paper.figures import main_column, recall_of, sub_column
from training.paper.photo_sets import read_photo_sets
from training.paper.recipe import PhasePhotos, run_phase

EACH = 5


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five photos of each subclass, no two alike, and two others."""
    folder = tmp_path_factory.mktemp("photos")
    for number, (sub, main) in enumerate(MAIN_OF.items()):
        for i in range(EACH):
            save_pattern(folder / main / sub / f"{i}.jpg", seed=100 * number + i)
    for i in range(2):
        save_pattern(folder / "Others" / "Plants" / f"{i}.jpg", seed=5000 + i)
    return folder


def quick_trial(folder: Path, photos: Path, backbone: Path, cache: Path) -> tuple[str, str]:
    """Run a quick trial of two epochs; return its Markdown and its page."""
    call_command(
        "reproduce_paper", "--photos", str(photos), "--quick", "--at-most-epochs", "2",
        "--backbone", str(backbone), "--strides", "v1", "--cache", str(cache),
        "--output", str(folder),
    )  # fmt: skip
    return (folder / "tables.md").read_text(), (folder / "index.html").read_text()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Features that the runs of this file share."""
    return tmp_path_factory.mktemp("features")


@pytest.fixture(scope="module")
def written(
    photos: Path, backbone_file: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """The Markdown and the page of a quick trial."""
    return quick_trial(tmp_path_factory.mktemp("paper"), photos, backbone_file, cache)


def test_all_eight_tables_are_written(written: tuple[str, str]) -> None:
    """Tables I to VIII are there in this order, in Markdown and on the page."""
    numbers = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]
    assert re.findall(r"^## Table (\w+)\.", written[0], re.MULTILINE) == numbers
    assert re.findall(r"<h2>Table (\w+)\.", written[1]) == numbers


def test_the_heading_says_what_was_not_done(written: tuple[str, str]) -> None:
    """A quick run and a trial say so in the title, before any number."""
    title = written[0].splitlines()[0]
    assert "quick" in title
    assert "at most 2 epochs" in title
    assert f"<h1>{title.removeprefix('# ')}</h1>" in written[1]
    assert "frozen ImageNet backbone" in written[0]


def test_the_studys_numbers_stand_beside_ours(written: tuple[str, str]) -> None:
    """Recall and images used carry the study's figures, and ours in the next column."""
    assert "| Clutches | 0.00 (1) |" in written[0]
    assert f"| Dresses | 2000 | {EACH} |" in written[0]
    assert f"| Clutches | 16 | {EACH} | 439 | {EACH} |" in written[0]
    assert "| Best validation accuracy | 0.9825 |" in written[0]


def test_the_same_seed_gives_the_same_tables(
    written: tuple[str, str], photos: Path, backbone_file: Path, cache: Path, tmp_path: Path
) -> None:
    """A second run writes the very same page: split, weights and order come from the seed."""
    assert quick_trial(tmp_path, photos, backbone_file, cache) == written


def test_the_picture_is_inside_the_page(written: tuple[str, str]) -> None:
    """Fig. 4 is inline SVG in the page's own colours, with a text for who cannot see it."""
    assert written[1].count("<svg ") == 1
    assert 'aria-label="Recall of the six rare subclasses' in written[1]
    assert "var(--accent)" in written[1]
    assert "<script" not in written[1]
    assert "](fig-4.svg)" in written[0]


def test_phase_1_keeps_few_shoes_and_bags(tmp_path: Path) -> None:
    """Without a list of its own, Phase 1 is all clothing and at most 16 of each other subclass."""
    for number, sub in enumerate(("Skirts", "Boots")):
        for i in range(24):
            save_pattern(tmp_path / MAIN_OF[sub] / sub / f"{i}.jpg", seed=100 * number + i)
    sets = read_photo_sets(PhotoFolders.of(tmp_path), seed=0)
    assert sets.phase_1.used() == {"Skirts": 24, "Boots": published.PHASE_1_CAP}
    assert sets.phase_2.used() == {"Skirts": 24, "Boots": 24}
    assert set(sets.phase_1.validation) <= set(sets.phase_2.validation)
    assert not {s.group for s in sets.phase_1.train} & {s.group for s in sets.phase_2.validation}


def test_phase_1_takes_the_folders_own_list(photos: Path, tmp_path: Path) -> None:
    """Where phase1/phase1.csv lists the photos, these are taken; one that is gone is counted."""
    folder = tmp_path / "photos"
    shutil.copytree(photos, folder)
    (folder / "phase1").mkdir()
    listed = [f"{main}/{sub}/{i}.jpg" for sub, main in MAIN_OF.items() for i in (0, 1, 2)]
    listed.append("Bags/Clutches/gone.jpg")
    lines = ["path,main,sub", *(f"{path},{path.split('/')[0]}," for path in listed)]
    (folder / "phase1" / "phase1.csv").write_text("\n".join(lines))
    sets = read_photo_sets(PhotoFolders.of(folder), seed=0)
    assert sets.phase_1.used() == dict.fromkeys(SUBCLASSES, 3)
    assert "lists. 1 photos of that list are not used" in sets.selection
    assert len(sets.photos) == len(SUBCLASSES) * EACH  # and none of the others


def test_the_whole_network_learns_in_the_full_run(photos: Path, backbone_file: Path) -> None:
    """One epoch on augmented photos moves the first convolution, and judges every photo."""
    preprocessing = Preprocessing(size=32, resize=32)
    network = with_imagenet_backbone(backbone_file, StridePlacement.V1)
    before = network.backbone.get_parameter("conv1.weight").detach().clone()
    samples = [s for s in read_photos(photos) if s.sub and s.path.stem in "012"]
    run = run_phase(
        network,
        replace(STUDY.config, batch_size=16),
        PhasePhotos(
            samples, PhotoBatches(samples, preprocessing, StudyAugmentation(preprocessing))
        ),
        PhasePhotos(samples, PhotoBatches(samples, preprocessing)),
        epochs=(1,),
    )
    assert not torch.equal(before, network.backbone.get_parameter("conv1.weight").cpu())
    assert run.scores[1].sub.shape == (27, 9)
    assert np.allclose(run.scores[1].main.sum(axis=1), 1)


def test_the_full_run_augments_what_it_trains_on_only(photos: Path, backbone_file: Path) -> None:
    """Training photos come out differently each epoch, validation photos never do."""
    request = ExperimentRequest(
        PhotoFolders.of(photos), str(backbone_file), StridePlacement.V1, quick=False, cache=photos
    )
    regime = WholeNetwork(request)
    samples = [s for s in read_photos(photos) if s.sub == "Boots"]

    rows, cpu = [np.arange(EACH)], torch.device("cpu")
    training, validation = regime.training(samples).batches, regime.validation(samples).batches
    epochs = [
        next(training.training_batches(rows, (0, epoch, 0), cpu)).inputs for epoch in (1, 1, 2)
    ]
    assert epochs[0].shape == (EACH, 3, 224, 224)
    assert torch.equal(epochs[0], epochs[1])
    assert not torch.equal(epochs[0], epochs[2])
    inputs = [next(validation.evaluation_batches(EACH, cpu)).inputs for _ in range(2)]
    assert torch.equal(inputs[0], inputs[1])
    with pytest.raises(ValueError, match="cannot be trained on"):
        next(validation.training_batches(rows, (0, 1, 0), cpu))
    assert request.epochs(published.PHASE_2_EPOCHS) == (20, 35, 48, 60)


def test_columns_count_what_the_study_counts() -> None:
    """Main figures are over all photos, subclass figures over those with the right main class."""
    samples = [item("Boots"), item("Boots"), item("Flats"), item("Skirts")]
    scores = Probabilities.of(
        [
            some_scores("Shoes", 0.9, "Boots", 0.9),
            some_scores("Shoes", 0.6, "Boots", 0.9),
            some_scores("Shoes", 0.9, "Boots", 0.8),
            some_scores("Bags", 0.9, "Skirts", 0.9),
        ]
    )
    truth = truth_of(samples)
    main, sub = main_column(scores, truth), sub_column(scores, truth)
    assert (main.accuracy, main.support) == (3 / 4, 4)
    assert main.macro == pytest.approx(1 / 3)
    # At 0.7 one photo of shoes becomes unknown: F1 is 0.8 for shoes, and 0 for the other three.
    assert main.macro_with_unknown == pytest.approx(0.8 / 4)
    assert (sub.accuracy, sub.support) == (pytest.approx(2 / 3), 3)
    assert (sub.tagged, sub.tagged_accuracy) == (2, 1 / 2)
    assert recall_of("Boots", scores, truth) == (1, 2)
    assert recall_of("Clutches", scores, truth) == (None, 0)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--photos", "nowhere"], "There is no folder"),
        (["--at-most-epochs", "0"], "must be at least 1"),
        (["--backbone", "missing.safetensors"], "There is no backbone file"),
        (["--output", "manage.py/paper"], "cannot be used .*manage.py"),
    ],
)
def test_bad_input_gets_a_sentence(photos: Path, wrong: list[str], sentence: str) -> None:
    """What cannot be run ends the command with what was expected."""
    with pytest.raises(CommandError, match=sentence):
        call_command("reproduce_paper", "--photos", str(photos), "--quick", *wrong)


@pytest.mark.parametrize("listing", [b"photo\na.jpg\n", b""])
def test_a_wrong_list_of_phase_1_is_refused(tmp_path: Path, listing: bytes) -> None:
    """A list that is none ends the command before anything is computed."""
    save_pattern(tmp_path / "Shoes" / "Boots" / "only.jpg", seed=1)
    (tmp_path / "phase1").mkdir()
    (tmp_path / "phase1/phase1.csv").write_bytes(listing)
    with pytest.raises(CommandError, match="lacks the column path"):
        call_command("reproduce_paper", "--photos", str(tmp_path))


@pytest.mark.parametrize(("listed", "missing"), [(b"b\xf6rse.jpg", False), (b"b\xe4rse.jpg", True)])
def test_a_listed_name_that_is_no_utf8_is_found(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, listed: bytes, missing: bool
) -> None:
    """Names in the list of Phase 1 are bytes, as file names are: only a wrong one is missing."""
    save_pattern(tmp_path / "Shoes" / "Boots" / os.fsdecode(b"b\xf6rse.jpg"), seed=1)
    (tmp_path / "phase1").mkdir()
    (tmp_path / "phase1/phase1.csv").write_bytes(b"path\nShoes/Boots/" + listed + b"\n")
    with pytest.raises(CommandError, match="no photo to validate on"):
        call_command("reproduce_paper", "--photos", str(tmp_path))
    assert ("1 photos of that list are not used" in caplog.text) is missing


def test_too_few_photos_are_said(tmp_path: Path) -> None:
    """A folder without a photo to validate on says what is missing."""
    save_pattern(tmp_path / "Shoes" / "Boots" / "only.jpg", seed=1)
    with pytest.raises(CommandError, match="no photo to validate on"):
        call_command("reproduce_paper", "--photos", str(tmp_path))
