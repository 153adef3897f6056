"""The files of photos over HTTP: private JPEGs, a 404 when they are lost, a 503 in an outage."""

import re
import shutil
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
import requests
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image, ImageChops, ImageStat
from pytest_django import Settings
from rest_framework.test import APIClient

from classifier.models import Listing, ListingPhoto, ModelVersion
from classifier.photos.cleaning import THUMBNAIL_SIDE
from classifier.photos.receiving.intake import receive_listing
from classifier.photos.storage import MARK
from classifier.photos.thumbnails import thumbnail_name
from local_stack.processes import free_port
from tests.classifier.listings import only_photo, upload, uploaded_listing
from tests.classifier.reviewing import signed_in
from tests.pictures import jpeg
from tests.s3_storage import s3_storage

pytestmark = pytest.mark.django_db

KINDS = ("image", "thumbnail")


@pytest.fixture
def api(seller: User) -> APIClient:
    """Signed in as the seller."""
    client = APIClient()
    client.force_authenticate(seller)
    return client


@pytest.fixture
def photo(seller: User) -> ListingPhoto:
    """A pending photo of 1200 x 900 pixels."""
    uploads = [upload("bag.jpg", jpeg(1200, 900))]
    return only_photo(receive_listing(seller=seller, title="", uploads=uploads).listing)


def thumbnail_path(photo: ListingPhoto) -> Path:
    return Path(default_storage.path(thumbnail_name(str(photo.image))))


def replaced_by_a_loop(photo: ListingPhoto) -> None:
    """Leave links to themselves, which the disk refuses to open with an error of its own."""
    for path in (Path(photo.image.path), thumbnail_path(photo)):
        path.unlink()
        path.symlink_to(path)


def not_mounted(photo: ListingPhoto) -> None:
    """Take the whole storage away, as a volume that is not mounted."""
    folder = Path(default_storage.path(""))
    folder.rename(folder.with_name("elsewhere"))


BREAK = pytest.mark.parametrize("break_disk", [replaced_by_a_loop, not_mounted])


def test_images_are_private_jpegs_that_browsers_keep(api: APIClient, seller: User) -> None:
    """Both are JPEGs whatever the client accepts, kept by its browser and by nobody else."""
    photo = only_photo(uploaded_listing(seller)).pk
    for kind in ("image", "thumbnail"):
        answer = api.get(f"/api/v1/photos/{photo}/{kind}/", headers={"Accept": "text/html"})
        assert answer["Content-Type"] == "image/jpeg"
        assert b"".join(answer).startswith(b"\xff\xd8")
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_page_of_a_fresh_photo_decodes_nothing(
    photo: ListingPhoto, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intake has made the thumbnail: page and thumbnail are shown without opening a picture."""
    opened: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(Image, "open", lambda file, **_: opened.append(file))
        client = signed_in(seller)
        page = client.get(reverse("listing", args=[photo.listing_id])).content.decode()
        (address,) = re.findall(r'src="([^"]+/thumbnail/)"', page)
        small = b"".join(client.get(address))
    assert opened == []
    assert max(Image.open(BytesIO(small)).size) == THUMBNAIL_SIDE


def test_an_old_photo_gets_its_thumbnail_at_the_first_view(
    api: APIClient, photo: ListingPhoto, storage_folder: Path
) -> None:
    """It is the same picture as that of intake, and is kept: the second view needs no photo.

    A folder from before folders were marked is not taken for one that is away.
    """
    made_at_intake = Image.open(thumbnail_path(photo)).copy()
    thumbnail_path(photo).unlink()
    (storage_folder / "media" / MARK).unlink()
    first = b"".join(api.get(f"/api/v1/photos/{photo.pk}/thumbnail/"))
    difference = ImageChops.difference(Image.open(BytesIO(first)), made_at_intake)
    assert max(ImageStat.Stat(difference).mean) < 3
    Path(photo.image.path).unlink()
    assert b"".join(api.get(f"/api/v1/photos/{photo.pk}/thumbnail/")) == first


def test_a_thumbnail_that_cannot_be_kept_is_shown_all_the_same(
    api: APIClient, photo: ListingPhoto, storage_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The disk takes no thumbnails; the view makes one each time, and the log says why."""
    shutil.rmtree(storage_folder / "media" / "thumbnails")
    (storage_folder / "media" / "thumbnails").symlink_to(storage_folder / "nowhere" / "at-all")
    small = b"".join(api.get(f"/api/v1/photos/{photo.pk}/thumbnail/"))
    assert small.startswith(b"\xff\xd8")
    assert "could not be stored" in caplog.text


def test_a_lost_file_is_a_404(api: APIClient, seller: User) -> None:
    """A photo whose file vanished answers in words, not with a crash."""
    photo = only_photo(uploaded_listing(seller))
    photo.image.storage.delete(str(photo.image))
    thumbnail_path(photo).unlink()
    for kind in ("image", "thumbnail"):
        answer = api.get(f"/api/v1/photos/{photo.pk}/{kind}/")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")


@pytest.mark.parametrize("kind", KINDS)
@BREAK
def test_a_disk_that_fails_is_a_503(
    api: APIClient, photo: ListingPhoto, kind: str, break_disk: Callable[[ListingPhoto], None]
) -> None:
    """The photo is not lost, so the answer says when to come again, in JSON."""
    break_disk(photo)
    assert_come_again(api, photo, kind)


def assert_come_again(api: APIClient, photo: ListingPhoto, kind: str) -> None:
    answer = api.get(f"/api/v1/photos/{photo.pk}/{kind}/")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
    assert answer["Retry-After"] == "30"
    assert "try again" in answer.json()["detail"]
    assert photo.image.name not in answer.content.decode()


def test_a_damaged_file_is_a_404(api: APIClient, photo: ListingPhoto) -> None:
    """Asking again does not mend it, and the answer says what is wrong."""
    Path(photo.image.path).write_bytes(b"no photo")
    thumbnail_path(photo).unlink()
    answer = api.get(f"/api/v1/photos/{photo.pk}/thumbnail/")
    assert answer.status_code == 404
    assert "damaged" in answer.json()["detail"]


@pytest.fixture
def photo_on_s3(
    s3: dict[str, str], settings: Settings, seller: User, tmp_path: Path
) -> ListingPhoto:
    settings.STORAGES = {**settings.STORAGES, "default": s3_storage(s3, folder=tmp_path.name)}
    return only_photo(uploaded_listing(seller))


def move_s3(settings: Settings, s3: dict[str, str], port: int) -> None:
    """Let Django look for S3 at another port."""
    elsewhere = {**s3, "S3_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    settings.STORAGES = {**settings.STORAGES, "default": s3_storage(elsewhere, folder="any")}


@pytest.mark.integration
def test_a_photo_leaves_by_a_signed_address(
    api: APIClient, photo_on_s3: ListingPhoto, settings: Settings, s3: dict[str, str],
    other_seller: User, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Where browsers reach the storage: for minutes, as a JPEG to keep, and to nobody else."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3["AWS_ACCESS_KEY_ID"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3["AWS_SECRET_ACCESS_KEY"])
    settings.S3_BUCKET, settings.S3_PUBLIC_URL = s3["S3_BUCKET"], s3["S3_ENDPOINT_URL"]
    answer = api.get(f"/api/v1/photos/{photo_on_s3.pk}/image/")
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, max-age=150"
    assert f"img-src 'self' {s3['S3_ENDPOINT_URL']} " in answer["Content-Security-Policy"]
    assert "X-Amz-Expires=300" in answer["Location"]
    there = requests.get(answer["Location"], timeout=10)
    assert (there.status_code, there.headers["Content-Type"]) == (200, "image/jpeg")
    assert there.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert there.headers["Content-Disposition"] == f'inline; filename="photo-{photo_on_s3.pk}.jpg"'
    assert there.content.startswith(b"\xff\xd8")
    api.force_authenticate(other_seller)
    assert api.get(f"/api/v1/photos/{photo_on_s3.pk}/image/").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_what_s3_lacks_is_a_404(api: APIClient, photo_on_s3: ListingPhoto, kind: str) -> None:
    """S3 answers that there is no such object, so the file is gone."""
    address = f"/api/v1/photos/{photo_on_s3.pk}/{kind}/"
    there = api.get(address)
    assert there.status_code == 200
    there.close()
    default_storage.delete(str(photo_on_s3.image))
    default_storage.delete(thumbnail_name(str(photo_on_s3.image)))
    assert api.get(address).status_code == 404


@pytest.mark.integration
@pytest.mark.parametrize("kind", KINDS)
def test_s3_that_cannot_be_reached_is_a_503(
    api: APIClient, photo_on_s3: ListingPhoto, kind: str, settings: Settings, s3: dict[str, str]
) -> None:
    """Nothing listens at its address."""
    move_s3(settings, s3, free_port())
    assert_come_again(api, photo_on_s3, kind)


class Overloaded(BaseHTTPRequestHandler):
    """Answers as S3 does when it has too much to do."""

    def do_HEAD(self) -> None:
        self.send_error(503, "Slow Down")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def overloaded_port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Overloaded)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.integration
@pytest.mark.parametrize("kind", KINDS)
def test_s3_that_has_too_much_to_do_is_a_503(
    api: APIClient,
    photo_on_s3: ListingPhoto,
    kind: str,
    settings: Settings,
    s3: dict[str, str],
    overloaded_port: int,
) -> None:
    """It answers 503 itself, and so do we."""
    move_s3(settings, s3, overloaded_port)
    assert_come_again(api, photo_on_s3, kind)


@BREAK
def test_a_gradcam_image_in_an_outage_is_a_503(
    anna: User,
    champion: ModelVersion,
    photo: ListingPhoto,
    break_disk: Callable[[ListingPhoto], None],
) -> None:
    """The queue page is told to come again, where a missing image is made anew."""
    image = Path(default_storage.path(f"heat/{photo.pk}-{champion.name}.png"))
    image.parent.mkdir(parents=True)
    if break_disk is replaced_by_a_loop:
        image.symlink_to(image)
    else:
        break_disk(photo)
    answer = signed_in(anna).get(reverse("admin:review_queue_gradcam", args=[photo.pk]))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "try again" in answer.json()["message"]


@pytest.mark.parametrize("address", ["/api/v1/listings/", "/"])
def test_an_upload_in_an_outage_is_a_503(
    api: APIClient, seller: User, storage_folder: Path, address: str
) -> None:
    """API and page say that the storage does not answer, and nothing is stored."""
    client = api if address.startswith("/api") else signed_in(seller)
    storage_folder.mkdir(exist_ok=True)
    (storage_folder / "media").write_bytes(b"")  # a file where the folder should be
    answer = client.post(address, {"title": "A bag", "photos": upload()})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Our photo storage does not answer." in answer.content.decode()
    assert not Listing.objects.exists()
