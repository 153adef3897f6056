"""Move photos aside, and back again; nothing is ever deleted."""

import csv
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from classifier.ml.atomic_write import atomic_write
from training.collect.append_only_csv import AppendOnlyCsv
from training.collect.check.flaws import Finding
from training.data.folder import MANIFEST
from training.data.photo_manifest import PhotosError, whole_path
from training.runtime.csv_text import csv_text

RECORD: Final = "quarantine.csv"
COLUMNS: Final = ("moved_at", "path", "moved_to", "flaw", "detail", "manifest_row")


def quarantine(findings: Iterable[Finding], photos: Path, folder: Path) -> int:
    """Move the photos to ``folder``, each under its own path; return how many.

    Each is written down in quarantine.csv before it is moved, with its line of the manifest, which
    loses that line.

    Raises:
        PhotosError: if the folder lies among the photos, or a photo lies outside theirs.
        OSError: if a photo cannot be moved; the earlier ones are moved and written down.
    """
    must_lie_elsewhere(folder, photos)
    rows = _manifest_rows(photos)
    moved: set[str] = set()
    try:
        with AppendOnlyCsv(folder / RECORD, COLUMNS) as record:
            for finding in findings:
                path = _below(finding.sample.path, photos)
                if path in moved or not finding.sample.path.exists():
                    continue
                target = _free(folder / path)
                record.append(
                    {
                        "moved_at": datetime.now(UTC).isoformat(timespec="seconds"),
                        "path": path,
                        "moved_to": str(target.relative_to(folder)),
                        "flaw": finding.flaw,
                        "detail": finding.detail,
                        "manifest_row": json.dumps(rows.get(path, {})),
                    }
                )
                _move(finding.sample.path, target)
                moved.add(path)
    finally:
        _write_manifest(photos, [row for path, row in rows.items() if path not in moved])
    return len(moved)


def must_lie_elsewhere(folder: Path, photos: Path) -> None:
    """Refuse a quarantine among the photos.

    Raises:
        PhotosError: if the folder lies there.
    """
    if folder.is_relative_to(photos):
        raise PhotosError(
            f"{folder} lies in {photos}, where its photos would be read again. Name another one."
        )


def restore(photos: Path, folder: Path) -> tuple[int, list[str]]:
    """Move photos back to where they were; return how many, and what is in the way.

    Raises:
        PhotosError: if the folder has no record of a quarantine.
    """
    if not (folder / RECORD).is_file():
        raise PhotosError(f"There is no {folder / RECORD}; it is no quarantine of photos.")
    rows = _manifest_rows(photos)
    restored, problems = 0, []
    try:
        for entry in AppendOnlyCsv(folder / RECORD, COLUMNS).rows:
            source, target = folder / entry["moved_to"], photos / entry["path"]
            if not source.exists() and target.exists():
                continue  # moved back before
            if not source.exists():
                problems.append(f"{source} is gone, and {target} is not there either.")
                continue
            if target.exists():
                problems.append(f"{target} is taken; {source} stays.")
                continue
            _move(source, target)
            restored += 1
            if row := json.loads(entry["manifest_row"]):
                rows[entry["path"]] = row
    finally:
        _write_manifest(photos, list(rows.values()))
    return restored, problems


def _below(path: Path, photos: Path) -> str:
    # By its name: a photo in a linked folder is this folder's, wherever its bytes lie.
    if not Path(os.path.normpath(path)).is_relative_to(photos):
        raise PhotosError(f"{path} lies outside {photos}; it is not moved. Check it on its own.")
    return str(path.relative_to(photos))


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)


def _free(path: Path) -> Path:
    """Return the path, or one beside it with a number, that no file has."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def _manifest_rows(photos: Path) -> dict[str, dict[str, str]]:
    """Return the manifest's rows by path, written as `_below` writes it."""
    manifest = photos / MANIFEST
    if not manifest.is_file():
        return {}
    with manifest.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        rows = list(csv.DictReader(file))
    return {str(whole_path(row["path"], photos).relative_to(photos)): row for row in rows}


def _write_manifest(photos: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Replace the manifest, where there is one, by these rows."""
    manifest = photos / MANIFEST
    if not manifest.is_file():
        return
    with manifest.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        columns = csv.DictReader(file).fieldnames or ()
    atomic_write(manifest, csv_text(columns, rows))
