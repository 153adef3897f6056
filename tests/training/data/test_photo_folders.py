"""Several folders of photos, read as one."""

import logging
import os
from pathlib import Path

import pytest

from training.data.folder import PhotosError, read_photos
from training.data.photo_folders import PhotoFolders


def photo(path: Path, content: str) -> Path:
    """Write a file that is a photo as far as reading folders goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


@pytest.fixture
def two(tmp_path: Path) -> PhotoFolders:
    """A folder with a manifest and one without."""
    photo(tmp_path / "shop" / "Bags/Clutches/1.jpg", "one")
    photo(tmp_path / "shop" / "x/2.jpg", "two!")
    (tmp_path / "shop" / "manifest.csv").write_text(
        "path,main,sub,source,group_id\n"
        "Bags/Clutches/1.jpg,Bags,Clutches,a shop,p:1\n"
        "x/2.jpg,Others,,,p:2\n"
    )
    photo(tmp_path / "street" / "Bags/Clutches/1.jpg", "three")
    photo(tmp_path / "street" / "Others/Plants/2.jpg", "four")
    return PhotoFolders.of([tmp_path / "shop", tmp_path / "street"])


def test_photos_of_all_folders_are_read_with_their_source(two: PhotoFolders) -> None:
    """The manifest's source is kept; where there is none, the folder is the source."""
    samples = two.read()
    assert [(two.name_of(s.path), s.source, s.group) for s in samples] == [
        ("shop/Bags/Clutches/1.jpg", "a shop", "p:1"),
        ("shop/x/2.jpg", "shop", "p:2"),
        ("street/Bags/Clutches/1.jpg", "street", "street/Bags/Clutches/1.jpg"),
        ("street/Others/Plants/2.jpg", "street", "street/Others/Plants/2.jpg"),
    ]


def test_one_folder_is_read_as_ever(two: PhotoFolders) -> None:
    """Names, products and sources of one folder are what its manifest and its tree say."""
    one = PhotoFolders.of(two.paths[0])
    assert one.read() == read_photos(two.paths[0])
    assert one.name_of(two.paths[0] / "x/2.jpg") == "x/2.jpg"
    assert one.file_of("x/2.jpg") == two.paths[0] / "x/2.jpg"


def test_no_photo_is_used_twice(two: PhotoFolders, caplog: pytest.LogCaptureFixture) -> None:
    """An equal file in two folders, and a folder twice: the first counts, and that is said."""
    shop, street = two.paths
    again = photo(street / "Bags/Tote Bags/again.jpg", "one")
    with caplog.at_level(logging.INFO):
        samples = PhotoFolders.of([shop, street, shop, street.parent / "street"]).read()
    assert len(samples) == 4
    assert again not in {sample.path for sample in samples}
    assert "1 photos are in several of the folders" in caplog.text
    assert "another label (Tote Bags, not Clutches)" in caplog.text
    assert len(two.read(once=False)) == 5


def test_a_name_finds_its_photo_wherever_the_folders_lie_now(
    two: PhotoFolders, tmp_path: Path
) -> None:
    """After a folder was renamed, or is the only one, its photos are found by their old names."""
    names = [two.name_of(sample.path) for sample in two.read()]
    assert [two.file_of(name) for name in names] == [sample.path for sample in two.read()]
    two.paths[1].rename(tmp_path / "renamed")
    alone = PhotoFolders.of(tmp_path / "renamed")
    assert alone.file_of("street/Others/Plants/2.jpg").read_text() == "four"
    assert not alone.file_of("street/gone.jpg").exists()


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Both are called photos; their photos have names of their own."""
    for parent in "ab":
        photo(tmp_path / parent / "photos/Bags/Clutches/1.jpg", parent)
    folders = PhotoFolders.of([tmp_path / "a/photos", tmp_path / "b/photos"])
    names = [folders.name_of(sample.path) for sample in folders.read()]
    assert names == ["photos/Bags/Clutches/1.jpg", "photos-2/Bags/Clutches/1.jpg"]
    assert [folders.file_of(name).read_text() for name in names] == ["a", "b"]


def test_the_fingerprint_is_of_photos_not_of_places(two: PhotoFolders, tmp_path: Path) -> None:
    """Order of folders and where they lie change nothing; a label does."""
    shop, street = two.paths
    before = two.fingerprint(two.read())
    other_order = PhotoFolders.of([street, shop])
    assert other_order.fingerprint(other_order.read()) == before
    manifest = shop / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("Clutches,a shop", "Tote Bags,a shop"))
    assert two.fingerprint(two.read()) != before


def test_a_setting_separates_folders_as_path_does() -> None:
    """Empty parts count for nothing; nothing at all is no folder."""
    text = os.pathsep.join(["/a", "", "/b/c"])
    folders = PhotoFolders.parse(text)
    assert folders is not None
    assert folders.paths == (Path("/a"), Path("/b/c"))
    assert str(folders) == os.pathsep.join(["/a", "/b/c"])
    assert PhotoFolders.parse("") is None
    with pytest.raises(PhotosError, match="Name one with --photos"):
        PhotoFolders.of([])
