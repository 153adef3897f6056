"""The photos that the champion was first trained on, in the splits they always had."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path

from classifier.ml.manifest import DATASET_NAME
from classifier.models import ModelVersion
from classifier.versions import storage
from training.data.dataset_rows import (
    NAMES,
    DatasetError,
    DatasetRow,
    RowSource,
    base_rows,
    read_dataset,
)
from training.data.folder import PhotosError
from training.data.photo_folders import PhotoFolders
from training.data.splits.split_record import SplitRecord, split_as
from training.features.replay import ReplayFeatures
from training.retrain.data.hash_cache import FileHash, hash_files
from training.retrain.data.replay import read_replay
from training.retrain.request import RetrainError


@dataclass(frozen=True, slots=True)
class BasePhotos:
    """The base photos that are there.

    Attributes:
        folders: where they lie; None without base photos.
        rows: what the dataset says of each.
        hashes: of each, in the same order.
        notes: sentences that a reader of the result must know.
        replay: the features that stand for these photos; None where the photos themselves do.
    """

    folders: PhotoFolders | None
    rows: list[DatasetRow] = field(default_factory=list)
    hashes: list[FileHash] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    replay: ReplayFeatures | None = None

    def file_of(self, row: DatasetRow) -> Path:
        """Return where a base photo lies."""
        if self.folders is None:
            raise ValueError("There are no base photos.")
        return self.folders.file_of(row.path)


def find_base_photos(
    champion: ModelVersion, folders: PhotoFolders | None, cache: Path
) -> BasePhotos:
    """Return the champion's base photos; without a folder, those with replay features.

    Args:
        champion: the version to start from.
        folders: where they should lie; None if nobody said.
        cache: folder of kept perceptual hashes.

    Raises:
        RetrainError: if a folder is named and it is not theirs, or the bundle is damaged.
    """
    listed = listed_base_photos(champion)
    if listed is not None and not listed:
        return BasePhotos(None, notes=[f"{champion} was made from reviews alone."])
    if folders is None:
        replayed = _replayed(champion, listed) if listed else None
        return replayed or BasePhotos(None, notes=[_without(champion, listed)])
    try:
        rows = _split(champion, folders) if listed is None else listed
    except (PhotosError, ValueError) as error:  # the latter: split in a way nobody knows here
        raise RetrainError(str(error)) from error
    return _present(champion, folders, rows, cache)


def listed_base_photos(champion: ModelVersion) -> list[DatasetRow] | None:
    """Return the base photos that the champion's ``dataset.csv`` names; None without that file.

    Raises:
        RetrainError: if the file is damaged.
    """
    file = storage.open_extra(champion, DATASET_NAME)
    if file is None:
        return None
    name = f"{champion.name}/{DATASET_NAME}"
    with file, TextIOWrapper(file, encoding="utf-8", errors=NAMES, newline="") as text:
        try:
            rows = read_dataset(text, name)
        except (DatasetError, UnicodeDecodeError) as error:
            raise RetrainError(
                f"The list of the photos that {champion} was trained on cannot be read ({error}). "
                "Register its bundle again with `manage.py register_model FOLDER`."
            ) from error
    return [row for row in rows if row.source is RowSource.BASE]


def _replayed(champion: ModelVersion, rows: Sequence[DatasetRow]) -> BasePhotos | None:
    """Return the base photos that replay features stand for; None where there are none."""
    replay = read_replay(champion)
    if replay is None:
        return None
    hash_of = dict(zip(replay.sha256, replay.perceptual_hash, strict=True))
    kept = [row for row in rows if row.sha256 in hash_of]
    hashes = [FileHash(row.sha256, hash_of[row.sha256]) for row in kept]
    note = (
        f"The {len(kept):,} base photos of {champion} are not here; their replay features stand "
        "for them, in training and in the test."
    )
    return BasePhotos(None, kept, hashes, [note], replay)


def _without(champion: ModelVersion, listed: Sequence[DatasetRow] | None) -> str:
    count = f"the {len(listed)} base photos" if listed else "the base photos"
    return (
        f"{champion} was first trained on {count} of a folder that nobody named (--photos, or the "
        "setting PHOTOS_DIR). So the candidate learns from reviews alone, may forget what they do "
        "not show, and is judged on reviewed test photos alone."
    )


def _split(champion: ModelVersion, folders: PhotoFolders) -> list[DatasetRow]:
    """Return the photos of folders as `manage.py train` split them for this champion."""
    samples = folders.read()
    if folders.fingerprint(samples) != champion.dataset_fingerprint:
        raise RetrainError(
            f"{folders} does not hold the photos that {champion} was trained on: it has "
            f"{len(samples)}, and their fingerprint is another. Name the right folder with "
            "--photos, or none (--photos '' and no PHOTOS_DIR) to go on with reviews alone."
        )
    record = SplitRecord.of(champion.manifest.get("metrics", {}))
    if record is None:
        raise RetrainError(
            f"{champion} does not say how its photos were split, so nobody knows which of them it "
            "has not seen. Train a new model with `manage.py train`, or go on with reviews alone "
            "(--photos '')."
        )
    split = split_as(record, samples)
    return base_rows(split, folders)


def _present(
    champion: ModelVersion, folders: PhotoFolders, rows: Sequence[DatasetRow], cache: Path
) -> BasePhotos:
    """Return the listed photos that lie in the folders, unchanged."""
    files = {row.path: folders.file_of(row.path) for row in rows}
    present = [path for path in files.values() if path.is_file()]
    hashed = hash_files(present, cache, "comparing base photos")
    kept: list[DatasetRow] = []
    hashes: list[FileHash] = []
    for row in rows:
        file_hash = hashed.by_path.get(files[row.path])
        if file_hash is not None and row.sha256 == file_hash.sha256:
            kept.append(row)
            hashes.append(file_hash)
    if not kept:
        raise RetrainError(
            f"{folders} holds none of the {len(rows)} base photos of {champion}. Name the right "
            "folder with --photos, or none (--photos '' and no PHOTOS_DIR) to go on with reviews "
            "alone."
        )
    notes = []
    if gone := len(rows) - len(kept):
        notes.append(f"{gone} of {len(rows)} base photos are gone or changed, and left out.")
    return BasePhotos(folders, kept, hashes, notes)
