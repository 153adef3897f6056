"""``dataset.csv`` keeps every photo; the production estimate reads its weights."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from classifier.models import Split
from training.data.dataset_rows import (
    DatasetError,
    DatasetRow,
    LabelSource,
    dataset_fingerprint,
    read_dataset,
    write_dataset,
)
from training.gate.production_estimate import production_estimate

BASE = DatasetRow(
    path='Bags/Clutches/a, "b".jpg', main="Bags", sub="Clutches", group="p:1", part=Split.TRAIN,
    weight=1.0, source=LabelSource.BASE, review=None, sha256="ab" * 32,
)  # fmt: skip
REVIEWED = DatasetRow(
    path="photos/2026/x.jpg", main=None, sub=None, group="listing 3", part=Split.TEST,
    weight=1 / 0.15, source=LabelSource.REVIEW, review=17, sha256="cd" * 32,
)  # fmt: skip


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
    """A missing column or a word that is no part is an error that says where."""
    with pytest.raises(DatasetError, match=says):
        read_dataset(StringIO(content), "dataset.csv")


def test_the_fingerprint_is_of_content_labels_and_parts() -> None:
    """The order and a photo's place do not matter; a label, a part or a byte does."""
    mark = dataset_fingerprint([BASE, REVIEWED])
    assert dataset_fingerprint([REVIEWED, replace(BASE, path="moved.jpg")]) == mark
    for other in ({"sub": "Tote Bags"}, {"part": Split.TEST}, {"sha256": "00" * 32}):
        assert dataset_fingerprint([replace(BASE, **other), REVIEWED]) != mark


def test_the_estimate_weighs_each_photo_by_what_it_stands_for() -> None:
    """Drawn confident photos that are right outweigh many unsure ones that are wrong."""
    right = [True] * 20 + [False] * 60
    found = production_estimate(
        [50.0] * 20 + [1 / 0.15] * 60, [True] * 20 + [False] * 60,
        [f"listing {number}" for number in range(80)], {"right": right},
    )  # fmt: skip
    figure = found["figures"]["right"]
    assert figure["value"] == pytest.approx(1000 / 1400)
    assert figure["low"] < figure["value"] < figure["high"]
    assert found["worth"] < 80


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Over 100 drawn streams, about 95 of the intervals hold the true share."""
    chance = np.random.default_rng(0)
    hits = 0
    for _ in range(100):
        sure = chance.random(4000) < 0.8
        right = chance.random(4000) < np.where(sure, 0.97, 0.6)
        share = np.where(sure, 0.05, 0.15)
        seen = chance.random(4000) < share
        found = production_estimate(
            (1 / share[seen]).tolist(), sure[seen].tolist(),
            [str(number) for number in np.flatnonzero(seen)], {"right": right[seen].tolist()},
        )["figures"]["right"]  # fmt: skip
        hits += found["low"] <= right.mean() <= found["high"]
    assert 88 <= hits <= 100


def test_without_the_sample_nothing_is_claimed() -> None:
    """Reviews of unsure photos alone say nothing of production, and the sentence says so."""
    found = production_estimate([6.7] * 40, [False] * 40, ["p"] * 40, {"right": [True] * 40})
    assert found["why_not"].startswith("0 reviewed test photos were drawn at random")
