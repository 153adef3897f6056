"""``dataset.csv``: every photo that a bundle was made from, with its label, split and origin.

It lies beside ``bundle.json``, so that the next retraining finds the same photos in the same
splits, and any tag can be followed back to the photos and reviews behind it.
"""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TextIO

from classifier.ml.atomic_write import atomic_write
from classifier.models import Split
from training.data.content_hashes import content_hashes
from training.data.folder import Sample
from training.data.photo_folders import PhotoFolders
from training.data.splits.split import DatasetSplit
from training.runtime.csv_text import csv_text

# File names are bytes, of any encoding; this keeps those that are no UTF-8 as they are.
NAMES: Final = "surrogateescape"


class DatasetError(Exception):
    """The file is not a list of a bundle's photos; the message says where it goes wrong."""


class RowSource(StrEnum):
    """Where a label came from."""

    BASE = "base"  # the folder that the first model was trained on
    REVIEW = "review"  # a moderator


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One photo.

    Attributes:
        path: below the folder of base photos, or the photo's name in the storage.
        main, sub: what it shows; None where there is no such label.
        group: its product.
        split: what it was used for.
        weight: of a reviewed test photo: how many photos of the stream it stands for, 0 if it was
            not chosen by chance. 1 for all others.
        source: where its label came from.
        review: number of the review; None for base photos.
        sha256: of its file.
        origin: the shop or collection that it comes from; empty where nobody said, as in files of
            older releases.
    """

    path: str
    main: str | None
    sub: str | None
    group: str
    split: Split
    weight: float
    source: RowSource
    review: int | None
    sha256: str
    origin: str = ""

    def sample(self, file: Path) -> Sample:
        """Return the photo as training and evaluation take it."""
        return Sample(file, self.main, self.sub, self.group, self.origin)


# The file's column of the split is called "part", by which every release reads it.
NAME_IN_FILE: Final = {"split": "part"}
COLUMNS = tuple(NAME_IN_FILE.get(field.name, field.name) for field in fields(DatasetRow))
NEEDED = tuple(name for name in COLUMNS if name != "origin")


def write_dataset(path: Path, rows: Iterable[DatasetRow]) -> None:
    """Write the rows; the file is whole or absent."""
    atomic_write(path, dataset_text(rows))


def dataset_text(rows: Iterable[DatasetRow]) -> str:
    """Return the content of ``dataset.csv``."""
    return csv_text(COLUMNS, (_columns(row) for row in rows))


def _columns(row: DatasetRow) -> dict[str, Any]:
    return {NAME_IN_FILE.get(name, name): value for name, value in asdict(row).items()}


def read_dataset(file: TextIO, name: str) -> list[DatasetRow]:
    """Read rows back.

    Args:
        file: opened as UTF-8 text, with ``newline=""`` and ``errors=NAMES``.
        name: of the file, for what went wrong.

    Raises:
        DatasetError: if a column is missing or a value makes no sense.
    """
    reader = csv.DictReader(file)
    if missing := set(NEEDED) - set(reader.fieldnames or ()):
        raise DatasetError(f"{name} lacks the columns {', '.join(sorted(missing))}.")
    rows = []
    for line, values in enumerate(reader, start=2):
        try:
            rows.append(_row(values))
        except ValueError as error:
            raise DatasetError(f"{name}, line {line}: {error}") from error
    return rows


def _row(values: dict[str, str]) -> DatasetRow:
    return DatasetRow(
        path=values["path"],
        main=values["main"] or None,
        sub=values["sub"] or None,
        group=values["group"],
        split=Split(values["part"]),
        weight=float(values["weight"]),
        source=RowSource(values["source"]),
        review=int(values["review"]) if values["review"] else None,
        sha256=values["sha256"],
        origin=values.get("origin") or "",
    )


def dataset_fingerprint(rows: Sequence[DatasetRow]) -> str:
    """Return a SHA-256 over every photo's content, label, product and split, order-free."""
    lines = sorted(f"{r.sha256}|{r.main}|{r.sub}|{r.group}|{r.split.value}" for r in rows)
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


def base_rows(
    split: DatasetSplit, folders: PhotoFolders, sha256_of: Mapping[Path, str] | None = None
) -> list[DatasetRow]:
    """Return the photos of split folders as rows of ``dataset.csv``.

    Args:
        split: the photos.
        folders: where they lie.
        sha256_of: the hashes of the files, where they are known.

    Raises:
        UnreadablePhotoError: if a file cannot be read.
    """
    if sha256_of is None:
        sha256_of = content_hashes(s.path for s in (*split.train, *split.validation, *split.test))
    samples_of = {
        Split.TRAIN: split.train,
        Split.VALIDATION: split.validation,
        Split.TEST: split.test,
    }
    return [
        DatasetRow(
            path=folders.name_of(sample.path),
            main=sample.main,
            sub=sample.sub,
            group=sample.group,
            split=name,
            weight=1.0,
            source=RowSource.BASE,
            review=None,
            sha256=sha256_of[sample.path],
            origin=sample.source,
        )
        for name, samples in samples_of.items()
        for sample in samples
    ]
