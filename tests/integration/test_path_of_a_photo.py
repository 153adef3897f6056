"""A photo goes in, a tag comes out: over HTTP, through a real worker, on every kind of storage."""

import json
from pathlib import Path

import pytest
import requests
from PIL import Image

from local_stack.api_client import ApiClient, ApiError
from tests import pictures
from tests.servers.system import System

pytestmark = [pytest.mark.integration, pytest.mark.long]

REAL_PHOTOS = 100
A_LISTING = 20
# What a decision consists of; confidences may differ in the last digits with the batch.
DECISION = ("main", "sub", "outcome", "reason")


@pytest.fixture(params=["running_system", "system_on_servers"])
def system(request: pytest.FixtureRequest) -> System:
    """SQLite with files on disk, then PostgreSQL with S3."""
    chosen: System = request.getfixturevalue(request.param)
    return chosen


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def test_a_photo_is_tagged(system: System, tmp_path: Path, starter_bundle: Path) -> None:
    """An upload is answered at once with a pending photo; the starter model's tag follows."""
    client = system.seller()
    listing = client.send_listing("A bag", written(tmp_path, {"bag.jpg": pictures.jpeg()}))
    assert [photo["status"] for photo in listing["photos"]] == ["pending"]
    (photo,) = system.wait_for_results(client, [listing["id"]])
    assert photo["status"] == "classified", photo
    manifest = json.loads((starter_bundle / "bundle.json").read_text(encoding="utf-8"))
    assert photo["model_version"] == manifest["name"]


def test_every_kind_of_photo_goes_all_the_way(system: System, tmp_path: Path) -> None:
    """Formats, colour spaces and names that phones and scanners make all end with a tag."""
    scene = pictures.scene()
    files = {
        "held sideways.jpg": pictures.rotated_by_exif(6),
        "phone.heic": pictures.encoded(scene, "HEIF"),
        "moving.gif": pictures.animated_gif(),
        "for print.jpg": pictures.encoded(scene.convert("CMYK"), "JPEG"),
        "deep.png": pictures.png_16_bit_rgb(0.2, 0.4, 0.6),
        "cut out.png": pictures.encoded(scene.convert("RGBA"), "PNG"),
        "👜 ✨.webp": pictures.encoded(scene, "WEBP"),
    }
    client = system.seller()
    listing = client.send_listing("All kinds", written(tmp_path, files))
    photos = system.wait_for_results(client, [listing["id"]])
    assert [photo["status"] for photo in photos] == ["classified"] * len(files)
    assert [photo["original_name"] for photo in photos] == list(files)


def test_bad_files_get_sentences_and_leave_nothing(running_system: System, tmp_path: Path) -> None:
    """A listing of nothing but a bad file is a 400 with a sentence; no file and no row is left."""
    bad = {
        "letter.jpg": b"Dear shop, ...",
        "empty.jpg": b"",
        "cut.jpg": pictures.jpeg()[:-700],
        "bomb.png": pictures.png_bomb(20_000, 20_000),
        "large.jpg": b"\xff\xd8" + bytes(40 * 2**20),
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    }
    client = running_system.seller()
    before = traces(running_system)
    for name, content in bad.items():
        with pytest.raises(ApiError, match="answered with 400") as caught:
            client.send_listing("Bad", written(tmp_path, {name: content}))
        (sentence,) = json.loads(str(caught.value).split("400: ", 1)[1])["photos"]
        assert sentence.startswith(f"{name}: ")
        assert sentence.endswith(".")
        assert traces(running_system) == before


def traces(system: System) -> tuple[int, set[Path]]:
    """What uploads leave: the number of the newest listing, and all stored files."""
    seller = system.seller()
    newest = seller.listings()[:1]
    files = {path for path in (system.folder / "media").rglob("*") if path.is_file()}
    return (newest[0]["id"] if newest else 0), files


def test_strangers_get_nothing(running_system: System) -> None:
    """Without a token the API answers 401, and stores nothing."""
    files = [("photos", ("bag.jpg", pictures.jpeg()))]
    answer = requests.post(f"{running_system.address}/api/v1/listings/", files=files, timeout=30)
    assert answer.status_code == 401


def some_real_photos(folder: Path) -> list[Path]:
    """Return photos spread evenly over all folders, among them such that are none of our goods."""
    photos = sorted(folder.rglob("*.jpg"))
    return photos[:: max(1, len(photos) // REAL_PHOTOS)][:REAL_PHOTOS]


def test_real_photos_get_the_decisions_that_the_command_gives(
    running_system: System, photos_dir: Path
) -> None:
    """A hundred real photos posted over HTTP are tagged exactly as `manage.py classify` says."""
    photos = some_real_photos(photos_dir)
    assert len(photos) == REAL_PHOTOS
    client = running_system.seller()
    listings = [
        client.send_listing(f"Real photos from {start}", photos[start : start + A_LISTING])["id"]
        for start in range(0, REAL_PHOTOS, A_LISTING)
    ]
    results = running_system.wait_for_results(client, listings, seconds=300)
    assert {photo["status"] for photo in results} == {"classified"}

    printed = running_system.manage("classify", "--json", *photos).stdout
    decided = [json.loads(line) for line in printed.splitlines()]
    assert [Path(line["path"]) for line in decided] == photos
    for posted, line in zip(results, decided, strict=True):
        assert {key: posted[key] for key in DECISION} == {key: line[key] for key in DECISION}
        assert posted["scores"]["sub"] == pytest.approx(line["scores"]["sub"], abs=1e-3)
    assert len({line["outcome"] for line in decided}) > 1


def test_stored_photos_are_clean_jpegs(running_system: System, tmp_path: Path) -> None:
    """What lies in storage is upright, without metadata and under a name of ours."""
    client = running_system.seller()
    files = written(tmp_path, {"secret.jpg": pictures.rotated_by_exif(8)})
    listing = client.send_listing("Upright", files)
    running_system.wait_for_results(client, [listing["id"]])
    folder = running_system.folder / "media" / "photos"
    newest = max(folder.rglob("*.jpg"), key=lambda path: path.stat().st_mtime)
    assert "secret" not in newest.name
    with Image.open(newest) as image:
        assert image.size == (320, 240)
        assert not image.getexif()


def test_a_seller_sees_only_their_own(running_system: System) -> None:
    """Somebody else's listing is as if it were not there."""
    running_system.manage(
        "shell",
        "--command",
        "from django.contrib.auth.models import User; "
        "User.objects.create_user('neighbour', password='also a long password')",
    )
    mine = running_system.seller().listings()
    neighbour = ApiClient.signed_in(running_system.address, "neighbour", "also a long password")
    assert mine
    with pytest.raises(ApiError, match="404"):
        neighbour.listing(mine[0]["id"])
