"""`manage.py classify`: files and folders to tags, without the queue."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from classifier.models import ListingPhoto, ModelVersion
from tests.pictures import jpeg, rotated_by_exif
from tests.rows import champion_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def champion(db: None, untrained_bundle: Path) -> ModelVersion:
    """A model in production that can be loaded."""
    return champion_of(untrained_bundle)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos in nested folders, with files around them that are none."""
    root = tmp_path / "wardrobe"
    (root / "shoes").mkdir(parents=True)
    (root / ".hidden").mkdir()
    (root / "b.JPG").write_bytes(jpeg())
    (root / "a.jpg").write_bytes(rotated_by_exif(6))
    (root / "shoes" / "c.jpg").write_bytes(jpeg(200, 300))
    (root / "shoes" / "notes.txt").write_text("not a photo")
    (root / ".hidden" / "d.jpg").write_bytes(jpeg())
    (root / "._a.jpg").write_bytes(b"what another system leaves")
    return root


def classify(*arguments: Any, **options: Any) -> tuple[list[str], int]:
    """Run the command; return its lines and its exit code."""
    out = io.StringIO()
    try:
        call_command("classify", *map(str, arguments), stdout=out, **options)
    except SystemExit as leaving:
        return out.getvalue().splitlines(), int(str(leaving.code))
    return out.getvalue().splitlines(), 0


def test_a_folder_is_walked_for_its_photos(folder: Path, champion: ModelVersion) -> None:
    """Each photo gives one JSON object with all that was decided, in sorted order."""
    lines, code = classify(folder, "--json")

    results = [json.loads(line) for line in lines]
    names = [Path(result["path"]).relative_to(folder).as_posix() for result in results]
    assert names == ["a.jpg", "b.JPG", "shoes/c.jpg"]
    assert code == 0
    for result in results:
        assert set(result) == {
            "path", "status", "main", "main_confidence", "sub", "sub_confidence", "outcome",
            "reason", "scores", "model_version",
        }  # fmt: skip
        assert result["status"] == "classified"
        assert result["model_version"] == champion.name
        assert set(result["scores"]) == {"main", "sub", "novelty"}
        assert result["main_confidence"] == max(result["scores"]["main"].values())
    assert not ListingPhoto.objects.exists()


def test_what_cannot_be_read_does_not_stop_the_rest(folder: Path, champion: ModelVersion) -> None:
    """Each bad path gives a line with its error, the others their tags, and the exit code is 1."""
    empty = folder / "empty"
    empty.mkdir()
    lines, code = classify(
        folder / "nowhere.jpg", folder / "shoes" / "notes.txt", empty, folder / "a.jpg", "--json"
    )

    assert code == 1
    missing, text, nothing, good = (json.loads(line) for line in lines)
    assert set(missing) == {"path", "status", "error"}
    assert missing["error"] == "There is no such file or folder."
    assert text["error"].startswith("This file is not a photo that we can read.")
    assert nothing["error"] == "There are no photos in this folder."
    assert good["status"] == "classified"


def test_many_files_keep_their_order(tmp_path: Path, champion: ModelVersion) -> None:
    """More files than a few batches hold come out once each, in order, bad ones in their place."""
    for number in range(150):
        content = b"broken" if number % 50 == 7 else jpeg(64, 64)
        (tmp_path / f"{number:03}.jpg").write_bytes(content)

    results = [json.loads(line) for line in classify(tmp_path, "--json")[0]]
    assert [Path(result["path"]).stem for result in results] == [f"{n:03}" for n in range(150)]
    failed = [Path(result["path"]).stem for result in results if result["status"] == "failed"]
    assert failed == ["007", "057", "107"]


def test_people_get_a_table(folder: Path, champion: ModelVersion) -> None:
    """Without --json the columns stand under each other."""
    lines, _ = classify(folder / "b.JPG", folder / "shoes" / "c.jpg", folder / "nowhere.jpg")

    assert len(lines) == 3
    assert lines[0].index("%") == lines[1].index("%")
    where = lines[2].index("failed: There is no such file")
    assert all(line[where - 2 : where] == "  " and line[where] != " " for line in lines)


def test_another_model_can_be_named(folder: Path, champion: ModelVersion) -> None:
    """--model takes any registered version; an unknown one lists those there are."""
    lines, _ = classify(folder / "a.jpg", "--json", model=champion.name)
    assert json.loads(lines[0])["model_version"] == champion.name
    with pytest.raises(CommandError, match=f"Registered: {champion.name}"):
        classify(folder, model="no-such-model")


def test_without_a_model_it_says_what_to_do(folder: Path) -> None:
    """No champion is one sentence that names the next step."""
    with pytest.raises(CommandError, match="register_model FOLDER --promote"):
        classify(folder)
