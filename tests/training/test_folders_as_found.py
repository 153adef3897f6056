"""Folders of photos as the world has them, through reading, checking and tagging."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from classifier.taxonomy import TAXONOMY
from classifier.worker.classify_files import choose_files
from tests import odd_metadata
from tests.training.patterns import save_pattern
from training.data.folder import PhotosError, read_photos

RESOURCE_FORK = b"\0\5\x16\7" + bytes(78)  # what macOS puts beside a file on other systems


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two photos of each subclass, all different."""
    root, seed = tmp_path / "photos", 0
    for main, subs in TAXONOMY.items():
        for sub in subs:
            for number in range(2):
                seed += 1
                save_pattern(root / main / sub / f"{number}.jpg", seed=seed)
    return root


def link_a_class(root: Path) -> None:
    shutil.move(root / "Bags/Clutches", root.parent / "elsewhere")
    (root / "Bags/Clutches").symlink_to(root.parent / "elsewhere")


def link_the_main_classes(root: Path) -> None:
    shutil.move(root, root.parent / "elsewhere")
    root.mkdir()
    for main in TAXONOMY:
        (root / main).symlink_to(root.parent / "elsewhere" / main)


def rename(suffix: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        for path in list((root / "Bags/Clutches").iterdir()):
            path.rename(path.with_suffix(suffix))

    return change


def add_resource_forks(root: Path) -> None:
    (root / "__MACOSX/Bags").mkdir(parents=True)
    (root / "__MACOSX/Bags/._0.jpg").write_bytes(RESOURCE_FORK)
    (root / "Bags/Clutches/._0.jpg").write_bytes(RESOURCE_FORK)


def add_copy(folder: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / folder).parent.mkdir(parents=True)
        shutil.copy(root / "Bags/Clutches/0.jpg", root / folder)

    return change


def name_in_latin_1(root: Path) -> None:
    folder = root / "Bags/Clutches"
    (folder / "0.jpg").rename(folder / os.fsdecode(b"caf\xe9.jpg"))


def add_a_pipe(root: Path) -> None:
    os.mkfifo(root / "Bags/Clutches/pipe.jpg")


CHANGES = [
    (link_a_class, None),
    (link_the_main_classes, None),
    (rename(".jfif"), None),
    (rename(""), None),
    (rename(".JPE"), None),
    (add_resource_forks, "(hidden, or put there by a system)"),
    (add_copy(".ipynb_checkpoints/0-checkpoint.jpg"), ".ipynb_checkpoints"),
    (add_copy("Bags/Clutches/.thumbnails/0.jpg"), ".thumbnails"),
    (add_copy("Bags/Clutches/@eaDir/0.jpg"), "@eaDir"),
    (name_in_latin_1, None),
    (add_a_pipe, "Left out 1 (not a regular file): Bags/Clutches/pipe.jpg."),
]


@pytest.mark.parametrize(("change", "note"), CHANGES)
def test_every_photo_of_a_folder_is_read_and_nothing_else(
    tree: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    change: Callable[[Path], None], note: str | None,
) -> None:  # fmt: skip
    """Training, checking and tagging find the same eighteen photos, and say what they leave out."""
    change(tree)
    samples = read_photos(tree)
    assert Counter(sample.sub for sample in samples) == dict.fromkeys(
        (sub for subs in TAXONOMY.values() for sub in subs), 2
    )
    chosen = choose_files([tree])
    assert chosen.files == sorted(sample.path for sample in samples)
    printed = StringIO()
    call_command(
        "check_photos", photos=tree, output=tmp_path / "out", no_model=True, stdout=printed
    )
    assert "18 photos were checked, 18 can be read." in printed.getvalue()
    assert (note or "") in caplog.text
    assert bool(chosen.notes) == bool(note)


def test_a_finding_may_have_any_name(tree: Path, tmp_path: Path) -> None:
    """A photo that cannot be read and has a name that is not UTF-8 is named, moved, and back."""
    odd = Path(os.fsdecode(os.fsencode(tree / "Bags/Clutches") + b"/caf\xe9.jpg"))
    odd.touch()
    printed = StringIO()
    options = {"photos": tree, "output": tmp_path / "out", "no_model": True, "stdout": printed}
    call_command("check_photos", quarantine=tmp_path / "aside", **options)
    assert "Bags/Clutches/caf\\xe9.jpg: The photo cannot be decoded" in printed.getvalue()
    assert b"Bags/Clutches/caf\xe9.jpg" in (tmp_path / "out" / "findings.csv").read_bytes()
    assert not odd.exists()
    call_command("check_photos", restore=tmp_path / "aside", **options)
    assert odd.exists()


def test_a_rotated_photo_with_odd_exif_is_read(tree: Path, tmp_path: Path) -> None:
    """No tag beside the orientation stops a command."""
    for seed in range(20):
        exif, _ = odd_metadata.exif_block(seed)
        (tree / f"Bags/Clutches/odd-{seed}.jpg").write_bytes(odd_metadata.jpeg_with((0xE1, exif)))
    printed = StringIO()
    call_command(
        "check_photos", photos=tree, output=tmp_path / "out", no_model=True, stdout=printed
    )
    assert "38 photos were checked, 38 can be read." in printed.getvalue()


def test_a_manifest_of_another_folder_s_photos_is_refused_at_once(tree: Path) -> None:
    """Absolute paths that lie elsewhere do not pass one command and break the next."""
    rows = [f"{path},{path.parts[-3]},{path.parts[-2]}," for path in sorted(tree.rglob("*.jpg"))]
    other = tree.parent / "other"
    other.mkdir()
    (other / "manifest.csv").write_text("\n".join(["path,main,sub,group", *rows]) + "\n")
    with pytest.raises(PhotosError, match=r"manifest\.csv, line 2: .* lies outside"):
        read_photos(other)
