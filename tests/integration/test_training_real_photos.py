"""The commands of training one after the other, on real photos: collect, check, train, evaluate."""

import csv
import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import call_command
from PIL import Image
from safetensors.torch import save_file

from classifier.ml.bundle import load_bundle
from classifier.taxonomy import SUBCLASSES
from tests.training.photo_site import running_site
from training.data.folder import Sample, read_photos

pytestmark = [pytest.mark.integration, pytest.mark.long]

EACH = 10
# DeepFashion2's numbers of a sling dress, a long sleeve coat and a skirt.
CATEGORIES = {"Dresses": 13, "Outerwear": 4, "Skirts": 9}


@pytest.fixture(scope="module")
def real_photos(photos_dir: Path) -> dict[str, list[Sample]]:
    """Some real photos of each label, each of another product."""
    taken: dict[str, dict[str, Sample]] = defaultdict(dict)
    for sample in read_photos(photos_dir):
        if len(taken[sample.stratum]) < EACH:
            taken[sample.stratum].setdefault(sample.group, sample)
    return {stratum: list(samples.values()) for stratum, samples in taken.items()}


@pytest.fixture(scope="module")
def clothing(
    real_photos: dict[str, list[Sample]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Real photos of clothing in DeepFashion2's shape, organised by our command."""
    source = tmp_path_factory.mktemp("deepfashion2")
    (source / "annos").mkdir()
    (source / "image").mkdir()
    for sub, category in CATEGORIES.items():
        for sample in real_photos[sub]:
            name = f"{len(list((source / 'annos').iterdir())):06}"
            shutil.copy(sample.path, source / "image" / f"{name}.jpg")
            with Image.open(sample.path) as photo:
                box = [4, 4, photo.width - 4, photo.height - 4]
            item = {"category_id": category, "bounding_box": box}
            annotation = {"source": "shop", "pair_id": int(name), "item1": item}
            (source / "annos" / f"{name}.json").write_text(json.dumps(annotation))
    output = tmp_path_factory.mktemp("clothing")
    call_command("organise_deepfashion2", str(source), str(output))
    return output


@pytest.fixture(scope="module")
def crawled(real_photos: dict[str, list[Sample]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real photos of shoes and bags, crawled from a site on this machine."""
    output = tmp_path_factory.mktemp("crawled")
    table = output / "words.txt"
    with running_site() as site, table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("folder", "words"))
        for sub in sorted(set(SUBCLASSES) - set(CATEGORIES)):
            for sample in real_photos[sub]:
                site.offer(sub, sample.path.name, sample.path.read_bytes())
            writer.writerow((f"{real_photos[sub][0].main}/{sub}", sub))
        file.flush()
        call_command(
            "crawl_photos", str(output), "--search", site.search, "--words", str(table),
            "--contact", "me@example.org", "--delay", "0",
        )  # fmt: skip
    return output


@pytest.fixture(scope="module")
def photos(
    real_photos: dict[str, list[Sample]],
    clothing: Path,
    crawled: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """All that was collected in one tree, with photos that no subclass fits."""
    folder = tmp_path_factory.mktemp("photos")
    for main in (clothing / "Clothing", crawled / "Shoes", crawled / "Bags"):
        shutil.copytree(main, folder / main.name)
    for samples in real_photos.values():
        for sample in (s for s in samples if s.sub is None):
            subfolder = f"Near/{sample.main}/All" if sample.main else "Others/All"
            (folder / subfolder).mkdir(parents=True, exist_ok=True)
            shutil.copy(sample.path, folder / subfolder)
    return folder


@pytest.fixture(scope="module")
def backbone(starter_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options that name a backbone worth starting from: the starter model's, in a file."""
    network = load_bundle(starter_bundle).network
    path = tmp_path_factory.mktemp("backbone") / "backbone.safetensors"
    save_file(network.backbone.state_dict(), path)
    return ["--backbone", str(path), "--strides", str(network.stride_placement)]


@pytest.fixture(scope="module")
def trained(photos: Path, backbone: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle trained on them."""
    folder = tmp_path_factory.mktemp("trained")
    call_command(
        "train", "--photos", str(photos), "--name", "small", "--output", str(folder / "small"),
        "--preset", "best", "--train-from", "heads", "--views", "1", "--epochs", "20",
        "--size", "128", "--cache", str(folder / "cache"), *backbone,
    )  # fmt: skip
    return folder / "small"


def test_real_photos_are_organised_and_crawled(photos: Path, crawled: Path, clothing: Path) -> None:
    """Every photo that was offered arrives in the folder of its label, and can be decoded."""
    samples = read_photos(photos)
    for sub in SUBCLASSES:
        assert len([s for s in samples if s.sub == sub]) == EACH
    for sample in samples:
        with Image.open(sample.path) as photo:
            photo.load()
    assert len(read_photos(clothing)) == len(CATEGORIES) * EACH
    assert not (crawled / "left_out.csv").exists()


def test_real_photos_are_checked(crawled: Path, starter_bundle: Path, tmp_path: Path) -> None:
    """No sound photo is called broken, and photos in a wrong folder head the list."""
    folder = shutil.copytree(crawled, tmp_path / "photos")
    wrong = {
        str(move(folder, "Shoes/Boots", "Bags/Tote Bags")),
        str(move(folder, "Bags/Clutches", "Shoes/High Heels")),
        str(move(folder, "Bags/Shoulder Bags", "Shoes/Boots")),
        str(move(folder, "Shoes/Flats", "Bags/Clutches")),
    }
    call_command(
        "check_photos", "--photos", str(folder), "--output", str(tmp_path / "check"),
        "--bundle", str(starter_bundle), "--cache", str(tmp_path / "cache"),
    )  # fmt: skip
    with (tmp_path / "check/findings.csv").open(newline="") as file:
        flaw_of = {row["path"]: row["flaw"] for row in csv.DictReader(file)}
    # Ten photos of a label are few, so it does not find all; but it is surest of these.
    assert set(flaw_of.values()) == {"mislabelled"}
    assert set(list(flaw_of)[:2]) <= wrong


def move(folder: Path, label: str, to: str) -> Path:
    """Put the first photo of a label into another's folder; return its path in ``folder``."""
    photo = sorted((folder / label).iterdir())[0]
    return photo.rename(folder / to / f"moved-{photo.name}").relative_to(folder)


def test_a_model_trained_on_real_photos_is_judged_on_others(
    photos: Path, trained: Path, tmp_path: Path
) -> None:
    """The figures of `evaluate` are those that the training reported on its test photos."""
    call_command(
        "evaluate", "--photos", str(photos), "--bundle", str(trained), "--json",
        str(tmp_path / "figures.json"), "--report", str(tmp_path / "report"),
        "--robustness-photos", "1",
    )  # fmt: skip
    figures = json.loads((tmp_path / "figures.json").read_text())["figures"]
    reported = load_bundle(trained).manifest.metrics["test"]
    assert figures["photos"] == reported["photos"]
    assert figures["sub_accuracy"] == pytest.approx(reported["sub_accuracy"])
    # The backbone knows these photos, so the heads find it easy; guessing gives a third.
    assert figures["main_accuracy"] > 0.8
    assert "<img" in (tmp_path / "report/index.html").read_text()


def test_the_study_is_reproduced_on_real_photos(
    photos: Path, backbone: list[str], tmp_path: Path
) -> None:
    """A quick trial fills all eight tables from the photos that were collected."""
    call_command(
        "reproduce_paper", "--photos", str(photos), "--quick", "--at-most-epochs", "3",
        "--cache", str(tmp_path / "cache"), "--output", str(tmp_path / "paper"), *backbone,
    )  # fmt: skip
    tables = (tmp_path / "paper/tables.md").read_text()
    assert tables.count("## Table ") == 8
    assert f"| Boots | 16 | {EACH} | 308 | {EACH} |" in tables
