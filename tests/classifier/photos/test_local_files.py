"""Photos in folders as the world has them: found by what they are, and nothing waited for."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from classifier.photos.local_files import (
    NotRegularError,
    WhyLeftOut,
    find_photos,
    in_words,
    read_file,
    shown_path,
)
from tests import pictures


@contextmanager
def at_once() -> Iterator[None]:
    """Fail what has not ended after five seconds."""

    def too_late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(5)
    yield
    signal.alarm(0)


def photo(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pictures.jpeg())
    return path


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in find_photos(folder).photos]


def left_out(folder: Path) -> dict[str, WhyLeftOut]:
    return {str(i.path.relative_to(folder)): i.why for i in find_photos(folder).left_out}


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
@pytest.mark.parametrize("name", ["photo", "photo.JFIF", "photo.dat"])
def test_a_photo_is_found_whatever_its_name(tmp_path: Path, image_format: str, name: str) -> None:
    """Without a suffix, or with a strange one, the file's beginning decides."""
    (tmp_path / name).write_bytes(pictures.encoded(pictures.scene(), image_format))
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("suffix", [".jfif", ".jpe", ".JPG", ".jpeg", ".PNG", ".gif"])
def test_a_photo_s_suffix_is_enough(tmp_path: Path, suffix: str) -> None:
    """A damaged photo is still one, so that whoever reads it says that it is damaged."""
    (tmp_path / f"empty{suffix}").touch()
    assert names(tmp_path) == [f"empty{suffix}"]


@pytest.mark.parametrize("content", [b"", b"notes", b"%PDF-1.7", b"\0\0\0\x18ftypmp42", b"II*\0"])
def test_what_is_no_photo_is_left_out_by_name(tmp_path: Path, content: bytes) -> None:
    """Notes, documents, videos and other pictures beside the photos are counted and named."""
    photo(tmp_path / "a.jpg")
    (tmp_path / "other").write_bytes(content)
    assert names(tmp_path) == ["a.jpg"]
    assert in_words(find_photos(tmp_path).left_out, tmp_path) == [
        "Left out 1 (no photo that we can read): other."
    ]


@pytest.mark.parametrize(
    "file_path",
    [
        "__MACOSX/Bags/._a.jpg",
        ".Trash-1000/files/a.jpg",
        ".ipynb_checkpoints/a-checkpoint.jpg",
        "Bags/.thumbnails/a.jpg",
        "Bags/@eaDir/a.jpg/thumb.jpg",
        "Bags/._a.jpg",
        ".DS_Store",
        "Bags/Thumbs.db",
        "$RECYCLE.BIN/a.jpg",
        ".git/a.jpg",
    ],
)
def test_what_a_system_put_there_is_left_out(tmp_path: Path, file_path: str) -> None:
    """Copies and thumbnails of photos that nobody made are no photos of anybody's."""
    photo(tmp_path / "Bags/a.jpg")
    photo(tmp_path / file_path)
    assert names(tmp_path) == ["Bags/a.jpg"]
    assert set(left_out(tmp_path).values()) == {WhyLeftOut.SYSTEM}


def test_a_hidden_folder_that_is_named_is_read(tmp_path: Path) -> None:
    """What somebody asks for is meant, wherever it lies."""
    photo(tmp_path / ".cache/a.jpg")
    assert names(tmp_path / ".cache") == ["a.jpg"]


def test_linked_folders_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    """A class that lies elsewhere is read; a link to a folder that is read already ends there."""
    photo(tmp_path / "elsewhere/a.jpg")
    root = tmp_path / "photos"
    photo(root / "Bags/Totes/b.jpg")
    (root / "Bags/Clutches").symlink_to(tmp_path / "elsewhere")
    (root / "Bags/again").symlink_to(root / "Bags")
    (root / "Bags/Totes/up").symlink_to(root)
    (tmp_path / "elsewhere/back").symlink_to(root / "Bags")
    (root / "nowhere").symlink_to(tmp_path / "gone")
    assert names(root) == ["Bags/Clutches/a.jpg", "Bags/Totes/b.jpg"]
    assert left_out(root) == {
        "Bags/again": WhyLeftOut.SAME_FOLDER,
        "Bags/Totes/up": WhyLeftOut.SAME_FOLDER,
        "Bags/Clutches/back": WhyLeftOut.SAME_FOLDER,
        "nowhere": WhyLeftOut.NOT_REGULAR,
    }


def test_a_folder_is_read_under_its_own_name_before_links_to_it(tmp_path: Path) -> None:
    """A link that comes earlier in the alphabet does not take a folder's photos over."""
    photo(tmp_path / "Shoes/a.jpg")
    (tmp_path / "Bags").symlink_to(tmp_path / "Shoes")
    assert names(tmp_path) == ["Shoes/a.jpg"]


def test_pipes_sockets_and_devices_are_never_waited_for(short_folder: Path) -> None:
    """Each is left out as what it is, and reading one is an error at once."""
    os.mkfifo(short_folder / "pipe.jpg")
    (short_folder / "zero.jpg").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server, at_once():
        server.bind(str(short_folder / "socket.jpg"))
        assert names(short_folder) == []
        assert set(left_out(short_folder).values()) == {WhyLeftOut.NOT_REGULAR}
        for name in ("pipe.jpg", "zero.jpg"):
            with pytest.raises(NotRegularError, match=rf"{name} is not a regular file"):
                read_file(short_folder / name)
        with pytest.raises(OSError, match=r"socket\.jpg"):
            read_file(short_folder / "socket.jpg")


def test_a_folder_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is read; what could not be looked into is told."""
    photo(tmp_path / "a.jpg")
    (tmp_path / "closed").mkdir()
    scan = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "closed":  # root, who often runs tests, may open any folder
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refuse)
        assert names(tmp_path) == ["a.jpg"]
        assert left_out(tmp_path) == {"closed": WhyLeftOut.CLOSED}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"caf\xe9.jpg", "caf\\xe9.jpg"),
        ("börse 👜.jpg".encode(), "börse 👜.jpg"),
        (b"a\nb\x1b[31m.jpg", "a\\nb\\x1b[31m.jpg"),
    ],
)
def test_a_name_is_shown_so_that_every_terminal_bears_it(name: bytes, shown: str) -> None:
    """Bytes that are no UTF-8 and control characters are escaped, all else is as it is."""
    assert shown_path(os.fsdecode(name)) == shown


def test_the_first_names_stand_for_many(tmp_path: Path) -> None:
    """A sentence stays short, however many there are, and says how many."""
    for number in range(10):
        (tmp_path / f"{number}.txt").touch()
    (sentence,) = in_words(find_photos(tmp_path).left_out, tmp_path)
    assert sentence == "Left out 10 (no photo that we can read): 0.txt, 1.txt, 2.txt and 7 more."


def test_reading_gives_the_file(tmp_path: Path) -> None:
    """A regular file's bytes, all of them or the first."""
    data = read_file(photo(tmp_path / "a.jpg"))
    assert Image.open(BytesIO(data)).size == (320, 240)
    assert read_file(tmp_path / "a.jpg", 3) == data[:3]
