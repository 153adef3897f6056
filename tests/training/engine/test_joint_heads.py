"""Joint heads fitted by regression, with no class and no source in command."""

from pathlib import Path

import numpy as np
import pytest
import torch

from classifier.ml.manifest import Temperature
from classifier.ml.network import FEATURES, HeadLayout, HierarchicalResNet
from classifier.ml.probabilities import LogitArrays, probabilities
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES
from training.data.balance import balanced_weights
from training.data.folder import Sample
from training.data.targets import joint_labels
from training.engine.joint_heads import fit_joint_heads

EACH = 12


def photos(each: int = EACH) -> list[Sample]:
    """Photos of every subclass, near photos of every main class, and others."""
    kinds = [
        *((MAIN_OF[sub], sub) for sub in SUBCLASSES),
        *((main, None) for main in MAIN_CLASSES),
        (None, None),
    ]
    return [
        Sample(Path(f"{main}-{sub}-{i}.jpg"), main, sub, f"{main}-{sub}-{i}")
        for main, sub in kinds
        for i in range(each)
    ]


def features_of(samples: list[Sample], seed: int) -> np.ndarray:
    """Features in which each of the 13 outputs has 64 directions of its own, off centre."""
    draw = np.random.default_rng(seed)
    features = draw.normal(3.0, 0.5, size=(len(samples), FEATURES)).astype(np.float32)
    own = 64 * joint_labels(samples)[:, None] + np.arange(64)
    features[np.arange(len(samples))[:, None], own] += 1.5
    return features


def test_fitted_joint_heads_know_photos_they_did_not_see() -> None:
    """Items, near photos and others of another draw get the scores that they should."""
    torch.manual_seed(0)
    network = HierarchicalResNet(head_layout=HeadLayout.JOINT).eval()
    fit_joint_heads(network, features_of(photos(), 0), photos(), strength=1e-2)
    seen = photos(5)
    with torch.inference_mode():
        logits = network.classify_features(torch.from_numpy(features_of(seen, 1)))
    scores = probabilities(LogitArrays.of([logits]), Temperature())
    labels = joint_labels(seen)
    items, others = labels < 9, labels == 12
    assert (scores.sub.argmax(axis=1) == labels)[items].all()
    assert scores.sub[labels >= 9].max() < 0.5
    assert scores.novelty[others].min() > 0.5 > scores.novelty[~others].max()
    near = (labels >= 9) & ~others
    assert (scores.main.argmax(axis=1) == labels - 9)[near].all()


def test_separate_heads_are_not_fitted_together() -> None:
    """Asking for it is an error that says so."""
    with pytest.raises(ValueError, match="Only joint heads"):
        fit_joint_heads(
            HierarchicalResNet(), np.zeros((13, FEATURES), np.float32), photos(1), strength=1
        )


def test_a_large_source_counts_less_for_each_of_its_photos() -> None:
    """Of one class, 64 photos of a shop weigh four times as much as 4 of another, not 16 times."""
    many = [Sample(Path(f"a{i}.jpg"), "Bags", "Clutches", f"a{i}", "shop") for i in range(64)]
    few = [Sample(Path(f"b{i}.jpg"), "Bags", "Clutches", f"b{i}", "street") for i in range(4)]
    weights = balanced_weights([*many, *few])
    assert weights.sum() == pytest.approx(1)
    assert weights[:64].sum() == pytest.approx(4 * weights[64:].sum())
