"""A folder of photos, or a CSV manifest, becomes samples with labels and products."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from classifier.photos.local_files import find_photos, in_words, shown_path
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, TAXONOMY
from training.data.photo_manifest import PhotosError, read_rows

__all__ = [
    "CORRECTIONS",
    "MANIFEST",
    "NEAR",
    "OTHERS",
    "Kind",
    "PhotosError",
    "Sample",
    "UnreadablePhoto",
    "count_table",
    "file_size",
    "photo_line",
    "read_photos",
]

MANIFEST: Final = "manifest.csv"
CORRECTIONS: Final = "corrections.csv"  # of labels that turned out to be wrong
OTHERS: Final = "Others"
NEAR: Final = "Near"

NAMED: Final = 3  # photos in a message

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UnreadablePhoto:
    """A photo that was left out because it cannot be decoded; ``reason`` is a sentence."""

    path: Path
    reason: str


class Kind(StrEnum):
    """The label of a photo, as its folder names it."""

    ITEM = "item"  # one of the nine subclasses
    NEAR = "near"  # belongs to a main class, to none of its subclasses
    OTHER = "other"  # belongs to nothing


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled photo.

    ``group`` names its product; a product is never split. ``source`` is where it comes from, such
    as a shop; empty where nobody said.
    """

    path: Path
    main: str | None
    sub: str | None
    group: str
    source: str = ""

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
    manifest has columns path, main, sub and group_id (or group), and perhaps source; ``main`` is
    ``Others`` or empty for what belongs to nothing, ``sub`` is empty for what belongs to none of
    the subclasses.

    Labels in ``folder/corrections.csv`` (path, main, sub, reason) replace those of tree and
    manifest, which stay as they came: the list says which labels were wrong, and why.

    Raises:
        PhotosError: if the folder is missing, has no photos, or names an unknown class; and if the
            manifest or the corrections cannot be read, or list a photo twice.
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
    corrections = folder / CORRECTIONS
    return _corrected(samples, corrections) if corrections.is_file() else samples


def _corrected(samples: Sequence[Sample], corrections: Path) -> list[Sample]:
    """Return the photos with the labels that a list of corrections gives them."""
    labelled = _from_manifest(corrections)
    right = {sample.path: (sample.main, sample.sub) for sample in labelled}
    if strange := sorted(set(right) - {sample.path for sample in samples}):
        logger.warning(
            "%s corrects %d photos that are not there: %s%s.",
            corrections, len(strange), ", ".join(shown_path(path) for path in strange[:NAMED]),
            " and others" * (len(strange) > NAMED),
        )  # fmt: skip
    changed = [s for s in samples if right.get(s.path, (s.main, s.sub)) != (s.main, s.sub)]
    logger.info("%s changes %d labels.", corrections, len(changed))
    result = []
    for sample in samples:
        main, sub = right.get(sample.path, (sample.main, sample.sub))
        result.append(replace(sample, main=main, sub=sub))
    return result


def _from_tree(folder: Path) -> list[Sample]:
    samples = []
    in_folder = find_photos(folder)
    left_out = [one for one in in_folder.left_out if one.path != folder / CORRECTIONS]
    for sentence in in_words(left_out, folder):
        logger.warning("%s", sentence)
    for path in in_folder.photos:
        parts = path.relative_to(folder).parts
        if parts[0] == OTHERS:
            main, sub = OTHERS, ""
        elif parts[0] == NEAR and len(parts) > 2:
            main, sub = parts[1], ""
        elif len(parts) > 2:
            main, sub = parts[0], parts[1]
        else:
            raise PhotosError(
                f"{shown_path(path)} lies in no Main/Subclass folder; move it into one."
            )
        group = str(path.relative_to(folder))
        samples.append(_sample(path, main, sub, group, where=shown_path(path)))
    return samples


def _from_manifest(manifest: Path) -> list[Sample]:
    samples: dict[Path, Sample] = {}
    for row in read_rows(manifest):
        where = f"{manifest}, line {row.line}"
        path = manifest.parent / row.path
        if path in samples:
            raise PhotosError(
                f"{where}: {shown_path(row.path)} is listed twice; remove one of the rows."
            )
        sample = _sample(path, row.main, row.sub, row.group or str(row.path), where=where)
        samples[path] = replace(sample, source=row.source)
    return list(samples.values())


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


def photo_line(sample: Sample, folder: Path | None) -> str:
    """Return what a fingerprint is made of: a photo's relative path, size, label and product."""
    path = sample.path.relative_to(folder) if folder else sample.path
    return f"{path}|{file_size(sample.path)}|{sample.main}|{sample.sub}|{sample.group}"


def file_size(path: Path) -> int | None:
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
