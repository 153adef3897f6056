"""Photos on this machine's disks: found in folders, read, and named, for every command alike."""

import os
import stat
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from classifier.photos.metadata import is_photo

# Photos by their names, which saves opening them.
SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".avif", ".gif"}
)
# What systems and programs put beside photos, copies and thumbnails of them included. Whatever
# begins with a dot is hidden, and so left out as well.
SYSTEM_NAMES: Final = frozenset(
    {
        "__MACOSX",
        "@eaDir",
        "Thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "$RECYCLE.BIN",
        "#recycle",
        "System Volume Information",
        "lost+found",
    }
)
HEAD_BYTES: Final = 2048  # read to see what an unknown file is
NAMED: Final = 3  # files of a reason that are named in a sentence


class WhyLeftOut(StrEnum):
    """Why a file or folder below a given one gives no photo."""

    SYSTEM = "hidden, or put there by a system"
    OTHER = "no photo that we can read"
    NOT_REGULAR = "not a regular file"
    SAME_FOLDER = "a link to a folder that is read already"
    CLOSED = "not to be opened"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file, or a folder with all that is in it, that gives no photo."""

    path: Path
    why: WhyLeftOut


@dataclass(slots=True)
class FolderPhotos:
    """The photos of a folder, sorted, and what else is there."""

    photos: list[Path] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


class NotRegularError(OSError):
    """A pipe, socket, device or folder was to be read as a file; it might never end."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{shown_path(path)} is not a regular file.")
        self.strerror = "it is not a regular file"


def find_photos(folder: Path) -> FolderPhotos:
    """Return the photos in a folder and all folders below, links followed, none read twice.

    A file counts as a photo by its suffix, or else by how it begins.
    """
    contents, seen = FolderPhotos(), set[tuple[int, int]]()
    # Links last, so that a folder is read under its own name where it has one here.
    folders, links = [folder], deque[Path]()
    while folders or links:
        here = folders.pop() if folders else links.popleft()
        try:
            facts = here.stat()
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            contents.left_out.append(LeftOut(here, WhyLeftOut.CLOSED))
            continue
        if (facts.st_dev, facts.st_ino) in seen:
            contents.left_out.append(LeftOut(here, WhyLeftOut.SAME_FOLDER))
            continue
        seen.add((facts.st_dev, facts.st_ino))
        for entry in entries:
            if entry.is_dir() and not is_system_name(entry.name):
                (links if entry.is_symlink() else folders).append(Path(entry.path))
            else:
                _take(entry, contents)
    contents.photos.sort()
    contents.left_out.sort(key=lambda item: item.path)
    return contents


def _take(entry: "os.DirEntry[str]", contents: FolderPhotos) -> None:
    path = Path(entry.path)
    if why := _why_no_photo(entry, path):
        contents.left_out.append(LeftOut(path, why))
    else:
        contents.photos.append(path)


def is_system_name(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or put there by a system."""
    return name.startswith(".") or name in SYSTEM_NAMES


def _why_no_photo(entry: "os.DirEntry[str]", path: Path) -> WhyLeftOut | None:
    if is_system_name(entry.name):
        return WhyLeftOut.SYSTEM
    if not entry.is_file():  # a link that leads nowhere, too
        return WhyLeftOut.NOT_REGULAR
    if path.suffix.lower() in SUFFIXES:
        return None  # if it is damaged, whoever reads it will say so
    try:
        return None if is_photo(read_file(path, HEAD_BYTES)) else WhyLeftOut.OTHER
    except OSError:
        return WhyLeftOut.CLOSED


def read_file(path: Path, most: int = -1) -> bytes:
    """Return the content of a regular file, or its first ``most`` bytes.

    Raises:
        NotRegularError: if it is something else; a pipe is not waited for.
        OSError: if it cannot be read.
    """
    with open(path, "rb", opener=_open_without_waiting) as file:  # Path.open takes no opener
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotRegularError(path)
        return file.read(most)


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def shown_path(path: "str | os.PathLike[str]") -> str:
    """Return a path as it can be shown anywhere.

    Bytes that are no UTF-8, and signs that would move a terminal's cursor, are escaped.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def in_words(left_out: Iterable[LeftOut], folder: Path) -> list[str]:
    """Return a sentence for each reason, with how many there are and the first names."""
    by_reason: dict[WhyLeftOut, list[LeftOut]] = defaultdict(list)
    for item in left_out:
        by_reason[item.why].append(item)
    return [_sentence(why, by_reason[why], folder) for why in WhyLeftOut if why in by_reason]


def _sentence(why: WhyLeftOut, items: Sequence[LeftOut], folder: Path) -> str:
    names = [
        shown_path(i.path.relative_to(folder) if i.path.is_relative_to(folder) else i.path)
        for i in items[:NAMED]
    ]
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return f"Left out {len(items)} ({why}): {', '.join(names)}{more}."
