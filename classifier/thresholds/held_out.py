"""The held-out scores of a version, photo by photo, without the packages that training needs.

Training writes the table and reads it as arrays (`training.calibration.held_out_scores`).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Final

from classifier.decision import Scores
from classifier.ml.manifest import HELD_OUT_NAME
from classifier.models import ModelVersion
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES
from classifier.versions import storage

TEST: Final = "test"
# Far above what any of our bundles carries: a bundle comes from elsewhere.
LARGEST_TABLE: Final = 200_000  # rows


class NoHeldOutScoresError(Exception):
    """A version carries no held-out scores that can be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class HeldOutPhoto:
    """A test photo: what the network says of it, and what is true.

    Attributes:
        photo: the first half of the SHA-256 of its file.
        scores: of the version.
        main, sub: true labels; None where there is none.
    """

    photo: str
    scores: Scores
    main: str | None
    sub: str | None


def test_photos(version: ModelVersion) -> list[HeldOutPhoto]:
    """Return the photos that give figures: they chose nothing about the version.

    Raises:
        NoHeldOutScoresError: if the bundle carries none, or a table that cannot be read.
    """
    file = storage.open_extra(version, HELD_OUT_NAME)
    if file is None:
        raise NoHeldOutScoresError(
            f"The bundle of {version} carries no held-out scores, as bundles of older releases do "
            "not, so nobody can tell what other thresholds would come to. Retrain: the next "
            "version carries them."
        )
    with file, TextIOWrapper(file, encoding="utf-8", newline="", errors="replace") as text:
        try:
            photos = list(_photos(csv.DictReader(text)))
        except (KeyError, TypeError, ValueError, csv.Error) as error:
            raise NoHeldOutScoresError(
                f"The held-out scores of {version} cannot be read ({error}). Register its bundle "
                "again with manage.py register_model FOLDER."
            ) from error
    if not photos:
        raise NoHeldOutScoresError(f"The held-out scores of {version} are of no test photo.")
    return photos


test_photos.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def _photos(rows: "csv.DictReader[str]") -> Iterator[HeldOutPhoto]:
    for number, row in enumerate(rows):
        if number >= LARGEST_TABLE:
            raise ValueError(f"it has more than {LARGEST_TABLE:,} rows")
        if row["split"] == TEST:
            yield HeldOutPhoto(row["photo"], _scores(row), *_labels(row))


def _scores(row: dict[str, str]) -> Scores:
    # Written with five digits, so that a sum may lie a hair above 1; each score does not.
    return Scores(
        main={name: min(float(row[name]), 1.0) for name in MAIN_CLASSES},
        sub={name: min(float(row[name]), 1.0) for name in SUBCLASSES},
        novelty=min(float(row["novelty"]), 1.0),
    )


def _labels(row: dict[str, str]) -> tuple[str | None, str | None]:
    main, sub = row["main"] or None, row["sub"] or None
    if (main is not None and main not in MAIN_CLASSES) or (sub and MAIN_OF.get(sub) != main):
        raise ValueError(f"there is no {main} › {sub}")
    return main, sub
