"""Several folders of photos as one: ``--photos A --photos B``, or ``PHOTOS_DIR=A:B``."""

import hashlib
import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classifier.photos.local_files import read_file
from training.data.folder import PhotosError, Sample, file_size, photo_line, read_photos

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PhotoFolders:
    """Folders whose photos are used together; each is read as `read_photos` reads one.

    A photo's name is its path below its folder; with several folders the folder's own name stands
    before it.

    Raises:
        PhotosError: if there is no folder.
    """

    paths: tuple[Path, ...]

    def __post_init__(self) -> None:
        if not self.paths:
            raise PhotosError("No folder of photos was named. Name one with --photos.")

    @classmethod
    def of(cls, paths: "Path | str | Iterable[Path | str]") -> "PhotoFolders":
        """Return these folders as absolute paths, each once; a single path will do."""
        named = [paths] if isinstance(paths, Path | str) else list(paths)
        resolved = [Path(path).expanduser().resolve() for path in named]
        return cls(tuple(dict.fromkeys(resolved)))

    @classmethod
    def parse(cls, text: str) -> "PhotoFolders | None":
        """Return the folders of a text that separates them as PATH does; None for an empty one."""
        named = [part for part in text.split(os.pathsep) if part]
        return cls.of(named) if named else None

    def __str__(self) -> str:
        return os.pathsep.join(map(str, self.paths))

    @property
    def label(self) -> str:
        """The folders' names, for people."""
        return " and ".join(path.name for path in self.paths)

    def read(self, *, once: bool = True) -> list[Sample]:
        """Return the photos of all folders, in order.

        Of equal files in several folders the first alone, unless ``once`` says otherwise.

        Photos of a folder without a manifest have the folder's name as their source, where there
        are several folders.

        Raises:
            PhotosError: as `read_photos`.
        """
        if len(self.paths) == 1:
            return read_photos(self.paths[0])
        samples: list[Sample] = []
        for folder, label in self.labels().items():
            samples += [_of_folder(sample, folder, label) for sample in read_photos(folder)]
        return _each_once(samples) if once else samples

    def fingerprint(self, samples: Iterable[Sample]) -> str:
        """Return a SHA-256 over every photo's relative path, size, label and product, order-free.

        Of one folder it is the same as ever, and moving a folder does not change it.
        """
        lines = sorted(photo_line(sample, self.folder_of(sample.path)) for sample in samples)
        return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()

    def name_of(self, path: Path) -> str:
        """Return a photo's name; the bare file name if it lies in none of the folders."""
        folder = self.folder_of(path)
        if folder is None:
            return path.name
        below = path.relative_to(folder)
        return str(below) if len(self.paths) == 1 else f"{self.labels()[folder]}/{below}"

    def file_of(self, name: str) -> Path:
        """Return where the photo of a name lies, or would lie.

        Folders may have been renamed, or joined in another way, since the name was given.
        """
        labels = {label: folder for folder, label in self.labels().items()}
        label, _, below = name.partition("/")
        candidates = [labels[label] / below] if below and label in labels else []
        candidates += [folder / name for folder in self.paths]
        candidates += [folder / below for folder in self.paths if below]
        return next((path for path in candidates if path.is_file()), candidates[0])

    def folder_of(self, path: Path) -> Path | None:
        """Return the innermost folder that a photo lies in."""
        inside = [folder for folder in self.paths if path.is_relative_to(folder)]
        return max(inside, key=lambda folder: len(folder.parts), default=None)

    def labels(self) -> dict[Path, str]:
        """Return each folder's name; a number is added where two have the same."""
        labels: dict[Path, str] = {}
        for path in self.paths:
            same = sum(other.name == path.name for other in labels)
            labels[path] = f"{path.name}-{same + 1}" if same else path.name
        return labels


def _of_folder(sample: Sample, folder: Path, label: str) -> Sample:
    """Return a photo with a source, and with a product that no other folder has by accident."""
    source = sample.source or label
    # Without a manifest a product is named after its file, and other folders have such files too.
    if sample.group == str(sample.path.relative_to(folder)):
        return replace(sample, source=source, group=f"{label}/{sample.group}")
    return replace(sample, source=source)


def _each_once(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples without those whose file, or an equal one, came before."""
    by_size: dict[int | None, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_size[file_size(sample.path)].append(sample)
    repeated: set[Path] = set()
    for size, members in by_size.items():
        if size is not None and len(members) > 1:
            repeated |= _repeated(members)
    if repeated:
        logger.info("%d photos are in several of the folders and used once.", len(repeated))
    kept = {sample.path: sample for sample in reversed(samples)}  # a path twice: its first
    return [s for s in kept.values() if s.path not in repeated][::-1]


def _repeated(members: Sequence[Sample]) -> set[Path]:
    """Return the paths among files of one size whose content came before."""
    first: dict[str, Sample] = {}
    repeated = set()
    for sample in members:
        digest = hashlib.sha256(read_file(sample.path)).hexdigest()
        known = first.setdefault(digest, sample)
        if known.path == sample.path:
            continue
        repeated.add(sample.path)
        if (known.main, known.sub) != (sample.main, sample.sub):
            logger.warning(
                "%s is the same file as %s with another label (%s, not %s); the first counts.",
                sample.path, known.path, sample.stratum, known.stratum,
            )  # fmt: skip
    return repeated
