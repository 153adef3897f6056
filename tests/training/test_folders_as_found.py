"""Folders of photos as the world has them, through reading, checking and tagging."""

import os
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from classifier.taxonomy import TAXONOMY
from classifier.worker.classify_files import choose_files
from tests import odd_metadata
from tests.training.odd_folders import (
    add_a_pipe,
    add_copy,
    add_resource_forks,
    draw_tree,
    link_a_class,
    link_the_main_classes,
    list_absolute_paths,
    name_in_latin_1,
    rename,
)
from training.data.folder import PhotosError, read_photos


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two photos of each subclass, all different."""
    return draw_tree(tmp_path / "photos", each=2)


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
    list_absolute_paths(tree)
    with pytest.raises(PhotosError, match=r"manifest\.csv, line 2: .* lies outside"):
        read_photos(tree)
