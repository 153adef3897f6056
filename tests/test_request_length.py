"""A body that no view needs is refused before it lies on the disk."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from slowfashion_ai.middleware.request_length import FORM_BYTES
from tests import pictures


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that Django began to write to the temporary disk."""
    names: list[str] = []
    new_file = uploadhandler.TemporaryFileUploadHandler.new_file

    def noted(self: uploadhandler.TemporaryFileUploadHandler, *args: object, **kw: object) -> None:
        names.append(str(args[1]))
        new_file(self, *args, **kw)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", noted)
    return names


def large_form(token: str = "") -> dict[str, object]:
    content = b"x" * (3 * 2**20)  # over what Django keeps in memory
    return {"photos": SimpleUploadedFile("large.bin", content), "csrfmiddlewaretoken": token}


@pytest.mark.parametrize("path", ["/login/", "/", "/admin/login/", "/api/v1/token/"])
def test_nobody_can_fill_the_disk_without_signing_in(
    db: None, path: str, spooled: list[str]
) -> None:
    """With a real CSRF cookie too: the answer comes before the body is read."""
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies["csrftoken"].value
    answer = client.post(path, large_form(token))
    assert answer.status_code == 413
    assert f"at most {FORM_BYTES:,} are taken here" in answer.content.decode()
    assert spooled == []


def test_the_api_reads_no_body_of_strangers(db: None, spooled: list[str]) -> None:
    """Without a token an upload is a 401 at once."""
    for path in ("/api/v1/listings/", "/api/v1/listings/1/photos/"):
        assert Client().post(path, large_form()).status_code == 401
    assert spooled == []


@pytest.mark.parametrize("path", ["/", "/api/v1/listings/"])
def test_uploads_may_be_as_long_as_their_photos(
    seller: User, path: str, settings: Settings, storage_folder: Path
) -> None:
    """As many photos as a listing takes, each of the size that is taken, and a little more."""
    settings.PHOTO_MAX_BYTES = 300_000
    settings.PHOTOS_PER_LISTING = 2
    client = Client()
    client.force_login(seller)
    photo = pictures.noise_jpeg(500, 400)
    assert 2 * len(photo) > FORM_BYTES

    def form(count: int) -> dict[str, object]:
        return {"photos": [SimpleUploadedFile(f"{n}.jpg", photo) for n in range(count)]}

    assert client.post(path, form(2)).status_code in (201, 302)
    too_long = {"photos": SimpleUploadedFile("long.jpg", photo * 10)}
    assert client.post(path, too_long).status_code == 413


def test_a_signed_in_seller_may_send_no_more_than_a_form_elsewhere(seller: User) -> None:
    """Sending photos to another page is refused."""
    client = Client()
    client.force_login(seller)
    assert client.post("/logout/", large_form()).status_code == 413
