"""The figures of the novelty benchmark: those of scikit-learn, and what chance explains."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from benchmarks.novelty.figures import lines
from benchmarks.novelty.table import table
from tests.training.labelled import item, near, other
from training.data.folder import Kind, Sample

ITEMS, OTHERS = 60, 40


def photos() -> list[Sample]:
    """Return items, then others, then near photos, each of a product of its own."""
    ours = [item("Boots") for _ in range(ITEMS)]
    return [*ours, *(other() for _ in range(OTHERS)), *(near("Bags") for _ in range(OTHERS))]


def noisy(distance: float) -> np.ndarray:
    """Return scores of `photos` that lie that far apart for items and the rest."""
    rng = np.random.default_rng(1)
    start = np.repeat([0.0, distance, distance / 2], [ITEMS, OTHERS, OTHERS])
    return start + rng.standard_normal(len(start))


def test_area_and_false_positives_are_scikit_learns() -> None:
    """Others against items, and near photos against items, each without the third kind."""
    samples, scores = photos(), noisy(2)
    for kind in (Kind.OTHER, Kind.NEAR):
        rows = np.array([sample.kind in (Kind.ITEM, kind) for sample in samples])
        outside = np.array([sample.kind is kind for sample in samples])[rows]
        line = lines({"a": scores}, samples, kind, "a")["a"]
        assert line.auroc.value == pytest.approx(roc_auc_score(outside, scores[rows]))
        # An item is the positive; the score says how little a photo is one.
        let_in, kept, _ = roc_curve(~outside, -scores[rows], drop_intermediate=False)
        assert line.fpr.value == pytest.approx(let_in[kept >= 0.95][0])
        assert line.auroc.interval is not None
        low, high = line.auroc.interval
        assert low < line.auroc.value < high


def test_a_difference_is_certain_only_where_its_interval_excludes_zero() -> None:
    """The same scores do not differ from themselves; much better ones do, and are bold."""
    samples = photos()
    scores = {"now": noisy(1), "same": noisy(1), "better": noisy(4)}
    found = lines(scores, samples, Kind.OTHER, "now")
    assert found["now"].auroc.difference is None
    assert found["same"].auroc.difference == 0
    assert not found["same"].auroc.differs
    assert found["better"].auroc.differs
    less_let_in = found["better"].fpr.difference
    assert less_let_in is not None
    assert less_let_in < 0
    bold = [line for line in table(found, found).splitlines() if "**" in line]
    assert [line.split(" ")[1] for line in bold] == ["better"]


def test_what_was_not_judged_does_not_count() -> None:
    """Photos that no fold held out have no score, and change nothing."""
    samples, scores = photos(), noisy(2)
    more = [*samples, Sample(Path("extra.jpg"), None, None, "extra")]
    found = lines({"a": np.append(scores, np.nan)}, more, Kind.OTHER, "a")
    assert found == lines({"a": scores}, samples, Kind.OTHER, "a")
