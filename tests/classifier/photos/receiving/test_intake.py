"""An upload becomes stored, pending photos, or nothing at all."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from classifier.models import Listing, ListingPhoto
from classifier.photos.receiving.intake import IntakeError, receive_listing, shown_name
from classifier.photos.storage import MARK, StorageUnavailableError
from classifier.photos.thumbnails import thumbnail_name
from tests import pictures


def upload(content: bytes | None = None, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pictures.jpeg() if content is None else content)


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != MARK]


def assert_nothing_is_left(folder: Path) -> None:
    assert stored_files(folder) == []
    assert not ListingPhoto.objects.exists()
    assert not Listing.objects.exists()


def test_a_good_upload_is_stored_and_pending(seller: User, storage_folder: Path) -> None:
    """Two photos give a listing, two pending rows, two clean JPEG files and their thumbnails."""
    listing = receive_listing(seller=seller, title=" A bag ", uploads=[upload(), upload()]).listing
    assert listing.title == "A bag"
    assert [photo.status for photo in listing.photos.all()] == ["pending", "pending"]
    assert len(stored_files(storage_folder)) == 4
    for photo in listing.photos.all():
        with photo.image.open() as file, Image.open(BytesIO(file.read())) as image:
            assert (image.format, image.size) == ("JPEG", (photo.width, photo.height))
        assert default_storage.exists(thumbnail_name(str(photo.image)))


def test_workers_are_notified_after_the_commit(
    seller: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Workers are called once a listing, after its rows can be seen by them."""
    with django_capture_on_commit_callbacks() as after_commit:
        receive_listing(seller=seller, title="", uploads=[upload(), upload()])
    assert len(after_commit) == 1


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_upload_succeeds(storage_folder: Path) -> None:
    """Nobody listens at REDIS_URL here; the photo is stored and pending all the same."""
    user = User.objects.create_user("somebody")
    receive_listing(seller=user, title="", uploads=[upload()])
    assert ListingPhoto.objects.get().status == "pending"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\me\\bag.jpg", "bag.jpg"),
        ("/absolute/", "photo"),
        ("👜✨.jpg", "👜✨.jpg"),
        ("a\x00b\nc\u202egpj.exe", "abcgpj.exe"),
        ("x" * 400, "x" * 255),
        ("", "photo"),
        (None, "photo"),
    ],
)
def test_a_file_name_is_for_show_only(name: str | None, kept: str) -> None:
    """Folders, control characters and endless names are cut off; emoji are welcome."""
    assert shown_name(name) == kept


def test_nothing_of_a_file_name_reaches_the_storage(seller: User, storage_folder: Path) -> None:
    """Whatever a file is called, it is stored under a name of ours inside our folder."""
    names = ["..%2f..%2fevil.jpg", "👜.jpg", "evil.php"]
    listing = receive_listing(
        seller=seller, title="", uploads=[upload(name=name) for name in names]
    ).listing
    assert [photo.original_name for photo in listing.photos.all()] == names
    for path in stored_files(storage_folder):
        assert path.relative_to(storage_folder / "media").parts[0] in ("photos", "thumbnails")
        assert path.suffix == ".jpg"
        assert "evil" not in path.name


def test_bad_photos_among_good_ones_are_refused_by_name_and_the_others_kept(
    seller: User, storage_folder: Path
) -> None:
    """A text and an empty file take nothing with them; their places and reasons are told."""
    uploads = [upload(), upload(b"text", "letter.jpg"), upload(), upload(b"", "empty.png")]
    received = receive_listing(seller=seller, title="", uploads=uploads)
    assert [refusal.position for refusal in received.refused] == [1, 3]
    letter, empty = (refusal.reason for refusal in received.refused)
    assert letter.startswith("letter.jpg: This file is not a photo")
    assert empty.startswith("empty.png: The file is empty")
    assert received.listing.photos.count() == 2
    assert len(stored_files(storage_folder / "media" / "photos")) == 2


def test_an_upload_without_any_good_photo_leaves_nothing(
    seller: User, storage_folder: Path
) -> None:
    """All problems are said at once, each with its file's name."""
    with pytest.raises(IntakeError) as caught:
        receive_listing(
            seller=seller, title="", uploads=[upload(b"text", "letter.jpg"), upload(b"", "empty")]
        )
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["letter.jpg", "empty"]
    assert_nothing_is_left(storage_folder)


def test_a_listing_has_one_photo_at_least_and_not_too_many(
    seller: User, settings: Settings, storage_folder: Path
) -> None:
    """None and too many are refused with the number that is allowed."""
    settings.PHOTOS_PER_LISTING = 2
    with pytest.raises(IntakeError, match="at least one photo"):
        receive_listing(seller=seller, title="", uploads=[])
    with pytest.raises(IntakeError, match=r"3 photos; a listing takes 2"):
        receive_listing(seller=seller, title="", uploads=[upload()] * 3)
    assert_nothing_is_left(storage_folder)


@pytest.fixture
def refusing_database(transactional_db: None) -> Iterator[None]:
    """A database that takes listings but no photos."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON classifier_listingphoto "
            "BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END"
        )
        yield
        cursor.execute("DROP TRIGGER refuse")


def test_a_database_that_refuses_a_row_leaves_no_file(
    refusing_database: None, storage_folder: Path
) -> None:
    """When the rows cannot be written the files that were stored before are removed."""
    user = User.objects.create_user("somebody")
    with pytest.raises(DatabaseError, match="on fire"):
        receive_listing(seller=user, title="", uploads=[upload(), upload()])
    assert_nothing_is_left(storage_folder)


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """As on a full disk, no file can be written beyond ``size`` bytes while the block lasts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_neither_whole_nor_half_files(
    seller: User, storage_folder: Path
) -> None:
    """The first photo fits, the second is cut short by the disk; both files are gone again."""
    large = pictures.noise_jpeg(1200, 1200)
    with files_end_at(500_000), pytest.raises(StorageUnavailableError, match="File too large"):
        receive_listing(seller=seller, title="", uploads=[upload(), upload(large)])
    assert_nothing_is_left(storage_folder)


def test_a_folder_that_cannot_be_written_leaves_nothing(seller: User, storage_folder: Path) -> None:
    """With a file where the storage's folder should be, the upload fails and leaves no row."""
    storage_folder.mkdir()
    (storage_folder / "media").write_bytes(b"")
    with pytest.raises(StorageUnavailableError, match="media"):
        receive_listing(seller=seller, title="", uploads=[upload()])
    assert not Listing.objects.exists()
