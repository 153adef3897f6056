"""Folders and manifests of photos become samples, or a sentence that says what is wrong."""

import os
from pathlib import Path

import pytest

from tests import pictures
from training.data.folder import Kind, PhotosError, count_table, read_photos
from training.data.photo_folders import PhotoFolders


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_a_tree_gives_labels_by_folder(tmp_path: Path) -> None:
    """Main/Subclass is an item, Near/Main is near, Others is other; each photo its own product."""
    for name in ("Bags/Clutches/a.JPG", "Near/Shoes/Sneakers/b.png", "Others/Hats/c.webp"):
        touch(tmp_path / name)
    touch(tmp_path / "Bags/Clutches/notes.txt")
    samples = read_photos(tmp_path)
    assert [(s.path.name, s.main, s.sub, s.kind) for s in samples] == [
        ("a.JPG", "Bags", "Clutches", Kind.ITEM),
        ("b.png", "Shoes", None, Kind.NEAR),
        ("c.webp", None, None, Kind.OTHER),
    ]
    assert len({s.group for s in samples}) == 3
    assert count_table(samples).split()[:3] == ["Clutches", "1", "photos"]


def test_a_manifest_gives_products(tmp_path: Path) -> None:
    """Rows with one group are one product; a row without one is its own."""
    (tmp_path / "manifest.csv").write_text(
        "path,main,sub,group\n1.jpg,Shoes,Boots,p\n2.jpg,Shoes,Boots,p\n3.jpg,Others,,\n"
    )
    samples = read_photos(tmp_path)
    assert [s.group for s in samples] == ["p", "p", "3.jpg"]
    assert [s.stratum for s in samples] == ["Boots", "Boots", "Others"]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("path,main\n1.jpg,Shoes\n", "lacks the columns sub"),
        ("path,main,sub\n1.jpg,Hats,Caps\n", "line 2: unknown main class 'Hats'"),
        ("path,main,sub\n1.jpg,Shoes,Clutches\n", "line 2: Shoes has no subclass 'Clutches'"),
        ("path,main,sub\n,Shoes,Boots\n", "line 2: the row has no path"),
        ("path,main,sub\n1.jpg,Shoes\n", "line 2: the row .* ends before main and sub"),
        ("path,main,sub\n1.jpg,,Boots\n", "line 2: a subclass 'Boots' without its main class"),
        ("path,main,sub\n1.jpg,Shoes,Boots\n./1.jpg,Bags,\n", "line 3: 1.jpg is listed twice"),
        ("path,main,sub\n", "has no photos"),
        ("path,main,sub,group\n1.jpg,Shoes,Boots,\n,,,\n", "line 3: .* Expected path,main,sub,g"),
        ("path,main,sub\n1.jpg,Shoes,Boots,x,y\n", "line 2: the row has more cells than there"),
        ("path,main,sub\na\0b.jpg,Bags,Clutches\n", "line 2: the path .* has a zero byte in it"),
        ("path,main,sub\n/etc/x.jpg,Bags,Clutches\n", "line 2: /etc/x.jpg lies outside"),
        ("path,main,sub\na/../../x.jpg,Bags,Clutches\n", "line 2: .* lies outside"),
        ("path,main,sub\n..\\x.jpg,Bags,Clutches\n", "line 2: .* lies outside"),
        ("path,main,sub\n.,Bags,Clutches\n", "line 2: . lies outside"),
        ('path,main,sub\n"a\nb.jpg",Bags,\n2.jpg,Hats,\n', "line 4: unknown main class"),
        ("path;main;sub\n1.jpg;Shoes;Boots\n", "with commas between"),
        ("path,main,sub\nb\xf6rse.jpg,Bags,Clutches\n", "Expected a CSV file in UTF-8"),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_line(
    tmp_path: Path, manifest: str, message: str
) -> None:
    """Missing columns and cells, unknown classes, photos named twice and other files are named."""
    (tmp_path / "manifest.csv").write_text(manifest, encoding="latin-1")
    with pytest.raises(PhotosError, match=message):
        read_photos(tmp_path)


def test_a_manifest_that_a_spreadsheet_wrote_is_read(tmp_path: Path) -> None:
    """The mark that spreadsheets put before UTF-8 is no part of the first column's name."""
    (tmp_path / "manifest.csv").write_text(
        "path,main,sub\r\nbörse.jpg,Bags,Clutches\r\n", encoding="utf-8-sig"
    )
    assert [(s.path.name, s.sub) for s in read_photos(tmp_path)] == [("börse.jpg", "Clutches")]


def test_a_manifest_s_paths_are_read_whatever_their_slashes(tmp_path: Path) -> None:
    """Back-slashes are slashes, and an absolute path below the folder is one below it."""
    (tmp_path / "manifest.csv").write_text(
        f"path,main,sub\nBags\\a.jpg,Bags,Clutches\n{tmp_path}/Bags/b.jpg,Bags,Clutches\n"
    )
    samples = read_photos(tmp_path)
    assert [s.path for s in samples] == [tmp_path / "Bags/a.jpg", tmp_path / "Bags/b.jpg"]
    assert [s.group for s in samples] == ["Bags/a.jpg", "Bags/b.jpg"]


def test_a_file_name_that_is_no_utf8_is_kept_as_it_is(tmp_path: Path) -> None:
    """In a manifest and in a tree: such a photo is read, fingerprinted, and shown escaped."""
    touch(tmp_path / "Bags/Clutches" / os.fsdecode(b"caf\xe9.jpg"))
    (sample,) = read_photos(tmp_path)
    assert os.fsencode(sample.path).endswith(b"caf\xe9.jpg")
    mark = PhotoFolders.of(tmp_path).fingerprint([sample])
    (tmp_path / "manifest.csv").write_bytes(
        b"path,main,sub\nBags/Clutches/caf\xe9.jpg,Bags,Clutches\n"
    )
    assert PhotoFolders.of(tmp_path).fingerprint(read_photos(tmp_path)) == mark


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Hats/Caps/a.jpg", "unknown main class 'Hats'"),
        ("Shoes/a.jpg", "lies in no Main/Subclass folder"),
        ("Shoes/Clogs/a.jpg", "Shoes has no subclass 'Clogs'"),
    ],
)
def test_an_unknown_folder_is_refused_by_name(tmp_path: Path, name: str, message: str) -> None:
    """A photo outside the known classes stops the reading, and the message names it."""
    touch(tmp_path / name)
    with pytest.raises(PhotosError, match=message):
        read_photos(tmp_path)


def test_pictures_of_other_formats_are_said_to_be_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A TIFF beside a JPEG is not read, and the log says so with its name."""
    touch(tmp_path / "Shoes/Boots/a.jpg")
    (tmp_path / "Shoes/Boots/b.tif").write_bytes(pictures.encoded(pictures.scene(), "TIFF"))
    assert [s.path.name for s in read_photos(tmp_path)] == ["a.jpg"]
    assert "Left out 1 (no photo that we can read): Shoes/Boots/b.tif." in caplog.text


@pytest.mark.parametrize("with_manifest", [False, True])
def test_a_list_of_corrections_replaces_labels_that_were_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, with_manifest: bool
) -> None:
    """Tree and manifest stay as they came; what the list names has its label, source and product
    stay, and a photo that is gone is named."""
    for name in ("Shoes/Boots/a.jpg", "Shoes/Boots/b.jpg", "Shoes/Boots/c.jpg"):
        touch(tmp_path / name)
    if with_manifest:
        rows = [f"Shoes/Boots/{name}.jpg,Shoes,Boots,shop,7" for name in "abc"]
        (tmp_path / "manifest.csv").write_text("\n".join(["path,main,sub,source,group", *rows]))
    before = read_photos(tmp_path)
    (tmp_path / "corrections.csv").write_text(
        "path,main,sub,reason\nShoes/Boots/a.jpg,Shoes,Flats,the sole is flat\n"
        "Shoes/Boots/b.jpg,Shoes,,a sneaker\nShoes/Boots/gone.jpg,Others,,a dog\n"
    )
    caplog.set_level("INFO")
    after = read_photos(tmp_path)
    assert [(s.main, s.sub) for s in after] == [
        ("Shoes", "Flats"), ("Shoes", None), ("Shoes", "Boots"),
    ]  # fmt: skip
    assert [(s.path, s.group, s.source) for s in after] == [
        (s.path, s.group, s.source) for s in before
    ]
    assert "changes 2 labels" in caplog.text
    assert "corrects 1 photos that are not there" in caplog.text
    assert "Left out" not in caplog.text


def test_a_correction_to_an_unknown_class_is_refused_with_its_line(tmp_path: Path) -> None:
    """As in a manifest: the message says where, and what is known."""
    touch(tmp_path / "Shoes/Boots/a.jpg")
    (tmp_path / "corrections.csv").write_text("path,main,sub\nShoes/Boots/a.jpg,Shoes,Clogs\n")
    with pytest.raises(PhotosError, match=r"corrections.csv, line 2: Shoes has no subclass"):
        read_photos(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The message says which folder, and which option names it."""
    with pytest.raises(PhotosError, match=r"There is no folder .*gone.*--photos"):
        read_photos(tmp_path / "gone")


def test_the_fingerprint_follows_labels_and_not_the_order(tmp_path: Path) -> None:
    """Order does not change it; a moved photo does, and so does one that is gone."""
    touch(tmp_path / "Shoes/Boots/a.jpg")
    touch(tmp_path / "Shoes/Flats/b.jpg")
    samples = read_photos(tmp_path)
    folders = PhotoFolders.of(tmp_path)
    before = folders.fingerprint(samples)
    assert folders.fingerprint(samples[::-1]) == before
    (tmp_path / "Shoes/Boots/a.jpg").rename(tmp_path / "Shoes/Flats/a.jpg")
    assert folders.fingerprint(read_photos(tmp_path)) != before
    (tmp_path / "Shoes/Flats/b.jpg").unlink()
    assert folders.fingerprint(samples) != before
