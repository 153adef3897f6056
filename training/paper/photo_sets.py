"""The study's two sets of photos: Phase 1, where shoes and bags are rare, and Phase 2, with all."""

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training import published
from training.data.folder import Kind, PhotosError, Sample
from training.data.photo_folders import PhotoFolders
from training.data.splits.split import SplitReport, stratified_split_dataset

PHASE_1_FILE: Final = Path("phase1", "phase1.csv")


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """One phase's photos; no product is on both sides."""

    train: list[Sample]
    validation: list[Sample]

    def used(self) -> Mapping[str, int]:
        """Return how many photos of each subclass the phase uses, both sides together."""
        return Counter(s.sub for s in (*self.train, *self.validation) if s.sub)


@dataclass(frozen=True, slots=True)
class PhotoSets:
    """Both phases; Phase 1's sides are Phase 2's, restricted to its photos.

    So a photo that Phase 2 validates on was seen by neither phase, and both can be judged on it.
    """

    phase_1: PhotoSet
    phase_2: PhotoSet
    report: SplitReport
    selection: str

    @property
    def photos(self) -> list[Sample]:
        """All photos that either phase uses."""
        return [*self.phase_2.train, *self.phase_2.validation]


def read_photo_sets(folders: PhotoFolders, seed: int) -> PhotoSets:
    """Read folders of photos, split them 80/20 by product, and take Phase 1's part of them.

    Raises:
        PhotosError: if the photos cannot be used, or a set lacks a subclass.
    """
    split = stratified_split_dataset(folders.read(), seed=seed)
    train, validation = (
        [s for s in side if s.kind is Kind.ITEM] for side in (split.train, split.validation)
    )
    chosen, selection = _phase_1_paths(folders, [*train, *validation])
    return PhotoSets(
        phase_1=PhotoSet(
            [s for s in train if s.path in chosen], [s for s in validation if s.path in chosen]
        ),
        phase_2=PhotoSet(train, validation),
        report=split.report,
        selection=selection,
    )


def _phase_1_paths(folders: PhotoFolders, items: Sequence[Sample]) -> tuple[set[Path], str]:
    """Return the photos of Phase 1, and a sentence that says how they were chosen."""
    listing = folders.file_of(str(PHASE_1_FILE))
    if listing.is_file():
        listed = {listing.parents[1] / path for path in _listed(listing)}
        strange = len(listed - {sample.path for sample in items})
        return listed, f"Phase 1 is what {PHASE_1_FILE} lists." + (
            f" {strange} photos of that list are not used in Phase 2 and left out."
            if strange
            else ""
        )
    taken: Counter[str] = Counter()
    chosen = set()
    for sample in sorted(items, key=_hash_order):
        name = sample.sub or ""
        taken[name] += 1
        if name not in published.RARE_RECALL or taken[name] <= published.PHASE_1_CAP:
            chosen.add(sample.path)
    return chosen, (
        f"Phase 1 is all clothing and {published.PHASE_1_CAP} photos at most, drawn by hash, of "
        "each subclass of shoes and bags."
    )


def _listed(listing: Path) -> list[str]:
    try:
        with listing.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            reader = csv.DictReader(file)
            if "path" not in (reader.fieldnames or ()):
                raise PhotosError(f"{listing} lacks the column path.")
            return [row["path"] for row in reader if row["path"]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PhotosError(
            f"{listing} cannot be read ({error}). Expected a CSV file in UTF-8 with a column path."
        ) from error


def _hash_order(sample: Sample) -> str:
    name = f"{sample.group}/{sample.path.name}"
    return hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()
