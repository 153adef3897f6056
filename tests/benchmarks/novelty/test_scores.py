"""Every detector and unit of the novelty benchmark finds what is plainly no item."""

from typing import Final

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from benchmarks.novelty.scoring.basis import principal
from benchmarks.novelty.scoring.combination import (
    FAR,
    FAR_NEIGHBOURS,
    NEAR,
    NEAR_NEIGHBOURS,
    NEIGHBOURS,
    combined,
)
from benchmarks.novelty.scoring.heads import fitted_heads, unit_scores
from benchmarks.novelty.scoring.neighbours import neighbour_scores
from classifier.ml.network import FEATURES
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from tests.training.labelled import item, near, other
from training.data.folder import Kind, Sample

EACH: Final = 12  # photos of a label
# Beside the nine subclasses: near photos of three main classes, and others.
LABELS: Final = len(SUBCLASSES) + len(MAIN_CLASSES) + 1


def labelled_features() -> tuple[NDArray[np.float32], list[Sample]]:
    """Return features (N, 2048) in which every label has a direction of its own, and labels."""
    samples = [item(sub) for sub in SUBCLASSES for _ in range(EACH)]
    samples += [near(main) for main in MAIN_CLASSES for _ in range(EACH)]
    samples += [other() for _ in range(EACH)]
    rng = np.random.default_rng(0)
    features = rng.random((len(samples), FEATURES)) * 0.3
    for row in range(len(samples)):
        features[row, row // EACH] += 3
    return features.astype(np.float32), samples


def test_each_unit_ranks_its_own_kind_last() -> None:
    """Others by novelty, near photos by near, and no item among either of them."""
    features, samples = labelled_features()
    scores = unit_scores(fitted_heads(features, samples), torch.from_numpy(features))
    kinds = np.array([sample.kind for sample in samples])
    told = {name: values.numpy() for name, values in scores.items()}
    assert (
        told["novelty unit"][kinds == Kind.OTHER].min()
        > told["novelty unit"][kinds != Kind.OTHER].max()
    )
    near_unit = told["near unit"]
    assert near_unit[kinds == Kind.NEAR].min() > near_unit[kinds == Kind.ITEM].max()
    either = told["novelty or near"]
    assert either[kinds != Kind.ITEM].min() > either[kinds == Kind.ITEM].max()


def test_neighbours_tell_what_lies_closer_to_known_others_than_to_items() -> None:
    """Above zero is closer to others, below it closer to items."""
    features, samples = labelled_features()
    kinds = np.array([sample.kind for sample in samples])
    items, others = (torch.from_numpy(features[kinds == k]) for k in (Kind.ITEM, Kind.OTHER))
    scores = neighbour_scores(torch.from_numpy(features), items, others).numpy()
    assert scores[kinds == Kind.OTHER].min() > 0 > scores[kinds == Kind.ITEM].max()


def test_projected_heads_say_the_same() -> None:
    """Where the directions hold all photos, heads for projected features lose nothing."""
    features, samples = labelled_features()
    heads = fitted_heads(features, samples)
    basis = principal(features, len(samples))
    small = basis.heads(heads)
    for whole, projected in zip(
        heads.outputs(torch.from_numpy(features)),
        small.outputs(torch.from_numpy(basis.project(features))),
        strict=True,
    ):
        assert projected.numpy() == pytest.approx(whole.numpy(), abs=1e-2)


def test_every_detector_ranks_a_plain_outlier_last() -> None:
    """What resembles no item at all has a larger score than each item by every detector."""
    detectors = pytest.importorskip(
        "benchmarks.novelty.scoring.published", reason="pytorch-ood is a benchmark's alone"
    )
    features, _ = labelled_features()
    items = torch.from_numpy(features[: len(SUBCLASSES) * EACH, :64])
    classes = torch.arange(len(SUBCLASSES)).repeat_interleave(EACH)
    fitted = detectors.fitted_detectors(items, classes, torch.eye(9, 64), torch.zeros(9))
    outlier = torch.zeros(1, 64)
    outlier[0, 40] = 6
    for name, score in fitted.items():
        assert float(score(outlier)) > float(score(items).max()), name


def test_distances_are_those_of_pytorch_ood() -> None:
    """A precision taken apart once gives the same distances, nine times as fast."""
    ood = pytest.importorskip("pytorch_ood.detector", reason="it is a benchmark's alone")
    from benchmarks.novelty.scoring.published import fitted_detectors

    rng = np.random.default_rng(3)
    items = torch.from_numpy(rng.standard_normal((300, 16)).astype(np.float32))
    classes = torch.arange(300) % 9
    fitted = fitted_detectors(items, classes, torch.ones(9, 16), torch.zeros(9))
    theirs = ood.Mahalanobis(None).fit_features(items, classes).predict_features(items)
    # Theirs is half of the square.
    assert fitted["Mahalanobis"](items).numpy() == pytest.approx(2 * theirs.numpy(), rel=1e-3)
    relative = ood.RMD(None).fit_features(items, classes).predict_features(items)
    assert fitted["relative Mahalanobis"](items).numpy() == pytest.approx(
        relative.numpy(), abs=1e-4
    )


def test_the_combination_learns_which_score_to_go_by() -> None:
    """A score that tells kinds apart counts, one that is noise does not; no score is no photo."""
    samples = [*(item("Boots") for _ in range(50)), *(near("Bags") for _ in range(50))]
    samples += [other() for _ in range(50)]
    rng = np.random.default_rng(2)
    kinds = np.repeat([0.0, 1.0, 2.0], 50)
    good = NEIGHBOURS[0]
    training = {good: kinds + 0.1 * rng.random(150), "noise": rng.random(150)}
    training[good][0] = np.nan
    held_out = {good: np.array([0.0, 1.0, 2.0]), "noise": np.array([1.0, 0.0, 1.0])}
    scores = combined(training, samples, held_out)
    for far, near_name in ((FAR, NEAR), (FAR_NEIGHBOURS, NEAR_NEIGHBOURS)):
        assert scores[far].argmax() == 2
        assert scores[near_name][0] < 0 < scores[near_name][1]
