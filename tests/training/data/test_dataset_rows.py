"""``dataset.csv`` keeps every photo, and a damaged one is named."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from classifier.models import Split
from training.data.dataset_rows import (
    DatasetError,
    DatasetRow,
    RowSource,
    dataset_fingerprint,
    read_dataset,
    write_dataset,
)

BASE = DatasetRow(
    path='Bags/Clutches/a, "b".jpg',
    main="Bags",
    sub="Clutches",
    group="p:1",
    split=Split.TRAIN,
    weight=1.0,
    source=RowSource.BASE,
    review=None,
    sha256="ab" * 32,
)
REVIEWED = DatasetRow(
    path="photos/2026/x.jpg",
    main=None,
    sub=None,
    group="listing 3",
    split=Split.TEST,
    weight=1 / 0.15,
    source=RowSource.REVIEW,
    review=17,
    sha256="cd" * 32,
)


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Names with commas and quotes, missing labels and exact weights survive the file."""
    write_dataset(tmp_path / "dataset.csv", [BASE, REVIEWED])
    with (tmp_path / "dataset.csv").open(newline="", encoding="utf-8") as file:
        assert read_dataset(file, "dataset.csv") == [BASE, REVIEWED]
    assert [path.name for path in tmp_path.iterdir()] == ["dataset.csv"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("path,main\nx,y\n", "lacks the columns group"),
        ("path,main,sub,group,part,weight,source,review,sha256\na,,,g,exam,1,base,,x\n", "line 2"),
    ],
)
def test_a_damaged_list_is_named(content: str, says: str) -> None:
    """A missing column or a word that is no split is an error that says where."""
    with pytest.raises(DatasetError, match=says):
        read_dataset(StringIO(content), "dataset.csv")


def test_the_fingerprint_is_of_content_labels_and_splits() -> None:
    """The order and a photo's path do not matter; a label, a split or a byte does."""
    mark = dataset_fingerprint([BASE, REVIEWED])
    assert dataset_fingerprint([REVIEWED, replace(BASE, path="moved.jpg")]) == mark
    for other in ({"sub": "Tote Bags"}, {"split": Split.TEST}, {"sha256": "00" * 32}):
        assert dataset_fingerprint([replace(BASE, **other), REVIEWED]) != mark
