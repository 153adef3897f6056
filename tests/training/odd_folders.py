"""Folders of drawn photos as the world has them: links, traps, odd names, pipes."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from classifier.taxonomy import TAXONOMY
from tests.training.patterns import save_pattern

RESOURCE_FORK = b"\0\5\x16\7" + bytes(78)  # what macOS puts beside a file on other systems
LATIN_1 = os.fsdecode(b"caf\xe9.jpg")


def draw_tree(root: Path, each: int) -> Path:
    """Draw that many photos of each subclass, all different; return the folder."""
    seed = 0
    for main, subs in TAXONOMY.items():
        for sub in subs:
            for number in range(each):
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
    """Return what gives the clutches this suffix."""

    def change(root: Path) -> None:
        for path in list((root / "Bags/Clutches").iterdir()):
            path.rename(path.with_suffix(suffix))

    return change


def add_resource_forks(root: Path) -> None:
    (root / "__MACOSX/Bags").mkdir(parents=True)
    (root / "__MACOSX/Bags/._0.jpg").write_bytes(RESOURCE_FORK)
    (root / "Bags/Clutches/._0.jpg").write_bytes(RESOURCE_FORK)


def add_copy(place: str) -> Callable[[Path], None]:
    """Return what puts a copy of a photo at a place that no photo is taken from."""

    def change(root: Path) -> None:
        (root / place).parent.mkdir(parents=True)
        shutil.copy(root / "Bags/Clutches/1.jpg", root / place)

    return change


def name_in_latin_1(root: Path) -> None:
    folder = root / "Bags/Clutches"
    (folder / "0.jpg").rename(folder / LATIN_1)


def add_a_pipe(root: Path) -> None:
    os.mkfifo(root / "Bags/Clutches/pipe.jpg")


def list_absolute_paths(root: Path) -> None:
    """Put a manifest beside the folder's own place that lists its photos by absolute paths."""
    rows = [f"{path},{path.parts[-3]},{path.parts[-2]}," for path in sorted(root.rglob("*.jpg"))]
    shutil.move(root, root.parent / "elsewhere")
    root.mkdir()
    moved = [row.replace(str(root), str(root.parent / "elsewhere"), 1) for row in rows]
    (root / "manifest.csv").write_text("\n".join(["path,main,sub,group", *moved]) + "\n")


def list_a_nul(root: Path) -> None:
    """Add a manifest whose last row has a NUL in its path."""
    photos = sorted(path.relative_to(root) for path in root.rglob("*.jpg"))
    rows = [f"{path},{path.parts[0]},{path.parts[1]}," for path in photos]
    lines = ["path,main,sub,group", *rows, "a\0b.jpg,Bags,Clutches,"]
    (root / "manifest.csv").write_text("\n".join(lines) + "\n")
