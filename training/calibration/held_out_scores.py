"""``held_out.csv``: what the network says of photos it never learned from, beside ``bundle.json``.

With it thresholds can be chosen again, and their true figures told, on any machine and without a
photo. Test photos are told apart: they give figures and choose nothing. A training photo may only
be in it with the scores of a network that was trained without it (cross-fitting).
"""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from io import StringIO
from pathlib import Path
from typing import Final, TextIO

import numpy as np
from numpy.typing import NDArray

from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.data.dataset_rows import NAMES
from training.data.folder import Sample
from training.evaluation.scoring import Probabilities, Truth, truth_of

PHOTO_DIGITS: Final = 32  # of the SHA-256
DIGITS: Final = 5  # significant ones of a score: far finer than any threshold
TEST: Final = "test"
SPLITS: Final = ("train", "validation", TEST)
FACTS: Final = ("photo", "split", "source", "main", "sub", "group")
COLUMNS: Final = (*FACTS, *MAIN_CLASSES, *SUBCLASSES, "novelty")
Texts = NDArray[np.str_]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


class HeldOutScoresError(Exception):
    """The file is not a table of held-out scores; the message says where it goes wrong."""


@dataclass(frozen=True, slots=True)
class HeldOutScores:
    """Scores of N held-out photos, what is true of them, and what each photo is.

    Attributes:
        scores, truth: of the photos, in order.
        photo: the first half of the file's SHA-256, as in ``dataset.csv`` (N,).
        split: one of `SPLITS` (N,); a training photo's scores are cross-fitted.
        source: where the photo comes from (N,); empty where nobody said.
    """

    scores: Probabilities
    truth: Truth
    photo: Texts
    split: Texts
    source: Texts

    def __len__(self) -> int:
        return len(self.photo)

    @property
    def choosing(self) -> "HeldOutScores":
        """The photos on which thresholds may be chosen."""
        return self.of(self.split != TEST)

    @property
    def reporting(self) -> "HeldOutScores":
        """The photos that give figures."""
        return self.of(self.split == TEST)

    def of(self, rows: Bools | Ints) -> "HeldOutScores":
        """Return some of the photos: those of a mask in order, or numbered rows as they come."""
        scores, truth = self.scores, self.truth
        return HeldOutScores(
            Probabilities(scores.main[rows], scores.sub[rows], scores.novelty[rows]),
            Truth(truth.main[rows], truth.sub[rows], truth.groups[rows]),
            self.photo[rows], self.split[rows], self.source[rows],
        )  # fmt: skip

    def fingerprint(self) -> str:
        """Return a SHA-256 over every photo's content, label, product and split, order-free."""
        lines = sorted("|".join(self._facts(row)) for row in range(len(self)))
        return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()

    def as_bytes(self) -> bytes:
        """Return the table as a bundle carries it."""
        file = StringIO(newline="")
        self.write(file)
        return file.getvalue().encode(errors=NAMES)

    def write(self, file: TextIO) -> None:
        """Write the table; ``file`` was opened with ``newline=""``."""
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        numbers = np.column_stack([self.scores.main, self.scores.sub, self.scores.novelty])
        for row, values in enumerate(numbers):
            writer.writerow([*self._facts(row), *(f"{value:.{DIGITS}g}" for value in values)])

    def _facts(self, row: int) -> list[str]:
        main, sub = int(self.truth.main[row]), int(self.truth.sub[row])
        return [
            str(self.photo[row]), str(self.split[row]), str(self.source[row]),
            MAIN_CLASSES[main] if main >= 0 else "", SUBCLASSES[sub] if sub >= 0 else "",
            str(self.truth.groups[row]),
        ]  # fmt: skip


def held_out_scores(
    scores: Probabilities, samples: Sequence[Sample], hashes: Sequence[str], split: str
) -> HeldOutScores:
    """Return the table of these photos.

    Args:
        scores: of the photos, in order.
        samples, hashes: the photos and the SHA-256 of their files.
        split: one of `SPLITS`, of all of them.
    """
    count = len(samples)
    return HeldOutScores(
        scores,
        truth_of(samples),
        np.array([sha256[:PHOTO_DIGITS] for sha256 in hashes], dtype=np.str_),
        np.full(count, split),
        np.array([sample.source for sample in samples], dtype=np.str_),
    )


def photos_hash(photos: Iterable[str]) -> str:
    """Return a hash of which photos these are, whatever their order.

    Args:
        photos: the SHA-256 of each file, or the first half of it.
    """
    names = sorted(photo[:PHOTO_DIGITS] for photo in photos)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def concatenated(first: Probabilities, second: Probabilities) -> Probabilities:
    """Return the scores of two sets of photos, one after the other."""
    return Probabilities(
        np.concatenate([first.main, second.main]),
        np.concatenate([first.sub, second.sub]),
        np.concatenate([first.novelty, second.novelty]),
    )


def concatenated_truths(first: Truth, second: Truth) -> Truth:
    """Return what is true of two sets of photos, one after the other."""
    return Truth(
        np.concatenate([first.main, second.main]),
        np.concatenate([first.sub, second.sub]),
        np.concatenate([first.groups, second.groups]),
    )


def joined(tables: Sequence[HeldOutScores]) -> HeldOutScores:
    """Return all photos of several tables, one after the other."""
    return reduce(_two, tables)


def _two(first: HeldOutScores, second: HeldOutScores) -> HeldOutScores:
    return HeldOutScores(
        concatenated(first.scores, second.scores),
        concatenated_truths(first.truth, second.truth),
        *(
            np.concatenate([getattr(first, name), getattr(second, name)])
            for name in ("photo", "split", "source")
        ),
    )


def read_held_out(file: TextIO, name: str) -> HeldOutScores:
    """Read a table back.

    Args:
        file: opened as text, with ``newline=""``.
        name: of the file, for what went wrong.

    Raises:
        HeldOutScoresError: if a column is missing, a value makes no sense or there is no photo.
    """
    reader = csv.DictReader(file)
    if missing := set(COLUMNS) - set(reader.fieldnames or ()):
        raise HeldOutScoresError(f"{name} lacks the columns {', '.join(sorted(missing))}.")
    rows, numbers = [], []
    for line, values in enumerate(reader, start=2):
        try:
            rows.append(_checked(values))
            numbers.append(_scores(values))
        except (ValueError, TypeError) as error:  # the latter: a row that ends too early
            raise HeldOutScoresError(f"{name}, line {line}: {error}") from error
    if not rows:
        raise HeldOutScoresError(f"{name} holds no photo.")
    scores = np.array(numbers)
    middle = len(MAIN_CLASSES)
    return HeldOutScores(
        Probabilities(scores[:, :middle], scores[:, middle:-1], scores[:, -1]),
        Truth(
            np.array([_index(MAIN_CLASSES, row["main"]) for row in rows]),
            np.array([_index(SUBCLASSES, row["sub"]) for row in rows]),
            np.array([row["group"] for row in rows]),
        ),
        *(np.array([row[fact] for row in rows]) for fact in ("photo", "split", "source")),
    )


def read_held_out_file(path: Path) -> HeldOutScores:
    """Read a table from a file on disk.

    Raises:
        HeldOutScoresError: as `read_held_out`.
        OSError: if the file cannot be read.
    """
    with path.open(newline="", encoding="utf-8", errors=NAMES) as file:
        return read_held_out(file, str(path))


def _checked(values: dict[str, str]) -> dict[str, str]:
    if values["split"] not in SPLITS:
        raise ValueError(f"split is one of {', '.join(SPLITS)}, not {values['split']!r}.")
    for level, classes in (("main", MAIN_CLASSES), ("sub", SUBCLASSES)):
        if values[level] not in ("", *classes):
            raise ValueError(f"{level} is one of {', '.join(classes)}, not {values[level]!r}.")
    return values


def _scores(values: dict[str, str]) -> list[float]:
    scores = [float(values[name]) for name in COLUMNS[len(FACTS) :]]
    # NaN fails the comparison, as it should.
    if not all(0 <= value <= 1.001 for value in scores):
        raise ValueError("Scores lie between 0 and 1.")
    return [min(value, 1.0) for value in scores]


def _index(classes: Sequence[str], name: str) -> int:
    return classes.index(name) if name else -1
