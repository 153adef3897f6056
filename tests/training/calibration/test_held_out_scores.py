"""The table of held-out scores that travels with a bundle."""

from io import StringIO

import numpy as np
import pytest

from classifier.decision import Thresholds
from tests.training.calibration.test_promise import stream
from training.calibration.held_out_scores import (
    COLUMNS,
    HeldOutScores,
    HeldOutScoresError,
    joined,
    read_held_out,
)
from training.calibration.promise import Promise, choose_by_promise


def table(photos: int = 400, seed: int = 0) -> HeldOutScores:
    """Return drawn scores, a fifth of them of test photos."""
    scores, truth = stream(photos, seed)
    number = np.arange(photos)
    split = np.select([number % 5 == 0, number % 5 == 1], ["test", "validation"], "train")
    photo = np.array([f"{seed:02}{one:030x}" for one in number])
    return HeldOutScores(scores, truth, photo, split, np.where(number % 2, "a shop", ""))


def written(held_out: HeldOutScores) -> str:
    """Return the table as text."""
    file = StringIO(newline="")
    held_out.write(file)
    return file.getvalue()


def test_a_table_is_read_as_it_was_written() -> None:
    """Labels, products, splits and sources are the same, scores to five digits."""
    before = table()
    after = read_held_out(StringIO(written(before), newline=""), "held_out.csv")
    for name in ("photo", "split", "source"):
        assert (getattr(before, name) == getattr(after, name)).all()
    for name in ("main", "sub", "groups"):
        assert (getattr(before.truth, name) == getattr(after.truth, name)).all()
    assert np.allclose(before.scores.sub, after.scores.sub, rtol=1e-4)
    assert before.fingerprint() == after.fingerprint()
    # What is chosen on a table that was read is chosen the same wherever it is read again.
    again = read_held_out(StringIO(written(after), newline=""), "held_out.csv")
    chosen = [
        choose_by_promise(one.choosing.scores, one.choosing.truth, Promise(0.2), Thresholds())
        for one in (after, again)
    ]
    assert chosen[0] == chosen[1]


def test_what_chooses_never_reports() -> None:
    """Test photos give figures alone; all others choose."""
    held_out = table()
    assert set(held_out.reporting.split) == {"test"}
    assert set(held_out.choosing.split) == {"train", "validation"}
    assert len(held_out.choosing) + len(held_out.reporting) == len(held_out)


def test_the_fingerprint_is_of_photos_labels_and_splits() -> None:
    """Order changes nothing; a photo more does."""
    held_out = table()
    backwards = held_out.of(np.ones(len(held_out), dtype=bool))
    two = joined([held_out.reporting, held_out.choosing])
    assert backwards.fingerprint() == two.fingerprint() == held_out.fingerprint()
    assert joined([held_out, table(1, seed=1)]).fingerprint() != held_out.fingerprint()


def test_the_table_of_a_large_dataset_is_small() -> None:
    """A photo takes less than 250 bytes, so 15,000 take less than 4 MB."""
    assert len(written(table())) < 250 * 400


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("split", "holdout", "split is one of train, validation, test"),
        ("main", "Hats", "main is one of Clothing"),
        ("novelty", "nan", "between 0 and 1"),
        ("Boots", "much", "could not convert"),
        ("Boots", "7", "between 0 and 1"),
    ],
)
def test_a_damaged_line_is_named(column: str, value: str, words: str) -> None:
    """File, line and what was expected are said."""
    head, first, *rest = written(table(10)).splitlines()
    cells = first.split(",")
    cells[COLUMNS.index(column)] = value
    text = "\n".join([head, ",".join(cells), *rest])
    with pytest.raises(HeldOutScoresError, match=f"held_out.csv, line 2: .*{words}"):
        read_held_out(StringIO(text, newline=""), "held_out.csv")


def test_a_table_without_a_column_or_a_photo_is_refused() -> None:
    """Both are said."""
    head, first, *_ = written(table(10)).splitlines()
    with pytest.raises(HeldOutScoresError, match="lacks the columns novelty"):
        read_held_out(StringIO(head.replace(",novelty", "") + "\n", newline=""), "held_out.csv")
    with pytest.raises(HeldOutScoresError, match="no photo"):
        read_held_out(StringIO(head + "\n", newline=""), "held_out.csv")
    short = ",".join(first.split(",")[:9])
    with pytest.raises(HeldOutScoresError, match="line 2"):
        read_held_out(StringIO(f"{head}\n{short}\n", newline=""), "held_out.csv")
