"""The rows of a ``manifest.csv``, each checked, so that what is wrong is told with its line."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from classifier.photos.local_files import shown_path

EXPECTED: Final = "Expected path,main,sub,group"


class PhotosError(Exception):
    """The photos cannot be used for training; the message says what was expected."""


class ManifestRow(NamedTuple):
    """One photo of a manifest; main and sub are unchecked, group is empty where none is given."""

    line: int
    path: PurePosixPath  # below the manifest's folder
    main: str
    sub: str
    group: str
    source: str = ""  # the shop or collection; empty where none is given


def read_rows(manifest: Path) -> Iterator[ManifestRow]:
    """Yield the rows in their order.

    Raises:
        PhotosError: if the file cannot be read, lacks a column, or a row makes no sense.
    """
    try:
        # Spreadsheets begin a CSV file with a mark that plain UTF-8 would take for a letter. File
        # names need not be UTF-8.
        with manifest.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            reader = csv.DictReader(file)
            if missing := {"path", "main", "sub"} - set(reader.fieldnames or ()):
                raise PhotosError(
                    f"{manifest} lacks the columns {', '.join(sorted(missing))}. Expected a first "
                    "line path,main,sub,group with commas between."
                )
            for row in reader:
                yield _checked(row, reader.line_num, manifest)
    except (OSError, csv.Error) as error:
        raise PhotosError(f"{manifest} cannot be read ({error}). Expected a CSV file.") from error


def _checked(
    row: dict[str | None, str | list[str] | None], line: int, manifest: Path
) -> ManifestRow:
    where = f"{manifest}, line {line}"
    path, main, sub = (row[name] for name in ("path", "main", "sub"))
    if (
        not isinstance(path, str)
        or not path
        or not isinstance(main, str)
        or not isinstance(sub, str)
    ):
        raise PhotosError(
            f"{where}: the row has no path, or ends before main and sub. {EXPECTED}; an empty row "
            "is to be removed."
        )
    if None in row:
        raise PhotosError(f"{where}: the row has more cells than there are columns. {EXPECTED}.")
    group = row.get("group_id") or row.get("group") or ""
    photo_path, source = _inside(path, where, manifest.parent), row.get("source") or ""
    return ManifestRow(line, photo_path, main, sub, str(group), str(source))


def _inside(path: str, where: str, folder: Path) -> PurePosixPath:
    """Return a row's path below the folder, whatever kind of slashes it has.

    Raises:
        PhotosError: if it leads out of the folder: photos, results and quarantine are all named
            by their paths below it.
    """
    if "\0" in path:
        raise PhotosError(
            f"{where}: the path {shown_path(path)} has a zero byte in it. {EXPECTED}."
        )
    whole = whole_path(path, folder)
    if not whole.is_relative_to(folder) or whole == folder:
        raise PhotosError(
            f"{where}: {shown_path(path)} lies outside {folder}. {EXPECTED}, with a path below "
            "that folder; link folders that lie elsewhere into it."
        )
    if _is_no_utf8(path) and not whole.exists():
        raise PhotosError(
            f"{where}: {shown_path(path)} is not UTF-8, and there is no such file. Expected a CSV "
            "file in UTF-8."
        )
    return PurePosixPath(whole.relative_to(folder))


def whole_path(path: str, folder: Path) -> Path:
    """Return where a row's path leads, whatever kind of slashes it has."""
    return Path(os.path.normpath(folder / path.replace("\\", "/")))


def _is_no_utf8(text: str) -> bool:
    return any("\udc80" <= sign <= "\udcff" for sign in text)
