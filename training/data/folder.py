"""A folder of photos, or a CSV manifest, becomes samples with labels and products."""

import csv
import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, TAXONOMY

PHOTO_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})
# Pictures that training does not read; what it leaves out it says.
OTHER_SUFFIXES: Final = frozenset({".heic", ".heif", ".avif", ".gif", ".bmp", ".tif", ".tiff"})
MANIFEST: Final = "manifest.csv"
OTHERS: Final = "Others"
NEAR: Final = "Near"

logger = logging.getLogger(__name__)


class PhotosError(Exception):
    """The photos cannot be used for training; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A photo that was left out because it cannot be decoded; ``reason`` is a sentence."""

    path: Path
    reason: str


class Kind(StrEnum):
    """What a photo teaches."""

    ITEM = "item"  # one of the nine subclasses
    NEAR = "near"  # belongs to a main class, to none of its subclasses
    OTHER = "other"  # belongs to nothing


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled photo. ``group`` names its product; a product is never split."""

    path: Path
    main: str | None
    sub: str | None
    group: str

    @property
    def kind(self) -> Kind:
        if self.sub is not None:
            return Kind.ITEM
        return Kind.OTHER if self.main is None else Kind.NEAR

    @property
    def stratum(self) -> str:
        """The label that a split keeps in proportion."""
        return self.sub or (f"{NEAR} {self.main}" if self.main else OTHERS)


def read_photos(folder: Path) -> list[Sample]:
    """Read ``folder/manifest.csv`` where there is one, else the folder tree.

    The tree is ``Main/Subclass/*.jpg``, ``Near/Main/Kind/*.jpg`` and ``Others/Kind/*.jpg``. The
    manifest has columns path, main, sub and group_id (or group); ``main`` is ``Others`` or empty
    for what belongs to nothing, ``sub`` is empty for what belongs to none of the subclasses.

    Raises:
        PhotosError: if the folder is missing, has no photos, or names an unknown class; and if the
            manifest cannot be read, or lists a photo twice.
    """
    if not folder.is_dir():
        raise PhotosError(f"There is no folder {folder}. Name a folder of photos with --photos.")
    manifest = folder / MANIFEST
    samples = _from_manifest(manifest) if manifest.is_file() else _from_tree(folder)
    if not samples:
        raise PhotosError(
            f"{folder} has no photos. Expected {folder}/Main/Subclass/*.jpg "
            f"(for instance Bags/Clutches) or a manifest.csv."
        )
    return samples


def _from_manifest(manifest: Path) -> list[Sample]:
    samples: dict[Path, Sample] = {}
    for line, row in enumerate(_rows(manifest), start=2):
        where = f"{manifest}, line {line}"
        if not row["path"] or row["main"] is None or row["sub"] is None:
            raise PhotosError(f"{where}: the row has no path, or ends before main and sub.")
        path = manifest.parent / row["path"]
        if path in samples:
            raise PhotosError(f"{where}: {row['path']} is listed twice; remove one of the rows.")
        group = row.get("group_id") or row.get("group") or row["path"]
        samples[path] = _sample(path, row["main"], row["sub"], group, where=where)
    return list(samples.values())


def _rows(manifest: Path) -> list[dict[str, str | None]]:
    """Return the manifest's rows; a cell that a short row lacks is None."""
    try:
        # Spreadsheets begin a CSV file with a mark that plain UTF-8 would take for a letter.
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := {"path", "main", "sub"} - set(reader.fieldnames or ()):
                raise PhotosError(
                    f"{manifest} lacks the columns {', '.join(sorted(missing))}. Expected a first "
                    "line path,main,sub,group with commas between."
                )
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PhotosError(
            f"{manifest} cannot be read ({error}). Expected a CSV file in UTF-8."
        ) from error


def _from_tree(folder: Path) -> list[Sample]:
    samples = []
    files = sorted(folder.rglob("*"))
    if others := [p for p in files if p.suffix.lower() in OTHER_SUFFIXES]:
        logger.warning(
            "Left out %d pictures that are no JPEG, PNG or WebP, the first of them %s. Convert "
            "them to be trained on.", len(others), others[0],
        )  # fmt: skip
    for path in (p for p in files if p.suffix.lower() in PHOTO_SUFFIXES):
        parts = path.relative_to(folder).parts
        if parts[0] == OTHERS:
            main, sub = OTHERS, ""
        elif parts[0] == NEAR and len(parts) > 2:
            main, sub = parts[1], ""
        elif len(parts) > 2:
            main, sub = parts[0], parts[1]
        else:
            raise PhotosError(f"{path} lies in no Main/Subclass folder; move it into one.")
        samples.append(_sample(path, main, sub, str(path.relative_to(folder)), where=str(path)))
    return samples


def _sample(path: Path, main: str, sub: str, group: str, *, where: str) -> Sample:
    if main in ("", OTHERS):
        if sub:
            raise PhotosError(
                f"{where}: a subclass {sub!r} without its main class. Name both, or neither."
            )
        return Sample(path, None, None, group)
    if main not in MAIN_CLASSES:
        raise PhotosError(
            f"{where}: unknown main class {main!r}. Known are {', '.join(MAIN_CLASSES)}, and "
            f"{OTHERS} for what is none of them. Photos of a main class that belong to no subclass "
            f"lie in {NEAR}/Main/Kind; in a manifest their sub is empty."
        )
    if sub and MAIN_OF.get(sub) != main:
        raise PhotosError(
            f"{where}: {main} has no subclass {sub!r}. It has {', '.join(TAXONOMY[main])}."
        )
    return Sample(path, main, sub or None, group)


def fingerprint(samples: Iterable[Sample], folder: Path) -> str:
    """Return a SHA-256 over every photo's relative path, size, label and product, order-free."""
    lines = sorted(
        f"{s.path.relative_to(folder)}|{_size(s.path)}|{s.main}|{s.sub}|{s.group}" for s in samples
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _size(path: Path) -> int | None:
    """Return a file's size; None where it is missing, which whoever reads the photo will say."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def count_table(samples: Sequence[Sample]) -> str:
    """Return a line per stratum with its number of photos and products."""
    photos = Counter(s.stratum for s in samples)
    products = Counter(stratum for stratum, _ in {(s.stratum, s.group) for s in samples})
    return "\n".join(
        f"  {stratum:<16}{photos[stratum]:>6} photos {products[stratum]:>6} products"
        for stratum in sorted(photos)
    )
