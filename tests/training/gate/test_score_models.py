"""Both models on the same photos: as the product scores them, and one backbone is passed once."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch

from classifier.decision import Thresholds
from classifier.ml.bundle import load_bundle, save_bundle
from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from classifier.ml.predictor import Predictor
from classifier.photos.receiving.intake import photo_limits
from tests.manifests import a_manifest
from tests.training.patterns import save_pattern
from training.data.folder import Sample
from training.evaluation.product_scores import ScoredPhotos, score_photos
from training.gate.score_models import score_models
from training.runtime.progress import listening

SMALL = Preprocessing(size=32, resize=32)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Seventeen photos, which are two passes, and one among them that cannot be read."""
    folder = tmp_path_factory.mktemp("photos")
    paths = [save_pattern(folder / f"{seed}.jpg", seed) for seed in range(18)]
    paths[3].write_bytes(b"no photo")
    return [Sample(path, "Shoes", "Boots", path.stem) for path in paths]


def bundle(folder: Path, network: HierarchicalResNet, **facts: Any) -> Path:
    save_bundle(network, a_manifest(name=folder.name, **{"preprocessing": SMALL} | facts), folder)
    return folder


def other_heads(network: HierarchicalResNet) -> HierarchicalResNet:
    copied = copy.deepcopy(network)
    torch.manual_seed(1)
    copied.sub_head.reset_parameters()
    return copied


@pytest.fixture(scope="module")
def champion(
    untrained_network: HierarchicalResNet, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return bundle(tmp_path_factory.mktemp("bundles") / "champion", untrained_network)


def passed(samples: list[Sample], champion: Path, candidate: Path) -> int:
    """Compare both with what the product says of each photo; return how many photos were passed."""
    begun: list[int] = []

    def told(title: str, done: int, total: int, seconds_left: float | None) -> None:
        if title == "scoring" and done == 0:
            begun.append(total)

    with listening(told):
        paired = score_models(samples, champion, candidate, photo_limits())
    assert paired.rows == [row for row in range(18) if row != 3]
    for scored, folder in ((paired.champion, champion), (paired.candidate, candidate)):
        alike(scored, score_photos(samples, Predictor(load_bundle(folder)), photo_limits()))
    return sum(begun)


def alike(scored: ScoredPhotos, product: ScoredPhotos) -> None:
    assert [photo.sample for photo in scored.photos] == [photo.sample for photo in product.photos]
    assert [photo.decision.outcome for photo in scored.photos] == [
        photo.decision.outcome for photo in product.photos
    ]
    assert scored.refused == product.refused
    for one, other in zip(scored.photos, product.photos, strict=True):
        assert one.scores.main == pytest.approx(other.scores.main, abs=1e-6)
        assert one.scores.sub == pytest.approx(other.scores.sub, abs=1e-6)
        assert one.scores.novelty == pytest.approx(other.scores.novelty, abs=1e-6)


def test_photos_pass_a_backbone_once_that_both_have(
    untrained_network: HierarchicalResNet, champion: Path, samples: list[Sample], tmp_path: Path
) -> None:
    """Heads and thresholds alone differ: each model says what it says by itself."""
    loose = Thresholds(main=dict.fromkeys(Thresholds().main, 0.1), novelty=1.0)
    candidate = bundle(tmp_path / "candidate", other_heads(untrained_network), thresholds=loose)
    assert passed(samples, champion, candidate) == len(samples)


@pytest.mark.parametrize("differs", ["weights", "preprocessing"])
def test_another_backbone_is_passed_by_itself(
    untrained_network: HierarchicalResNet,
    champion: Path,
    samples: list[Sample],
    tmp_path: Path,
    differs: str,
) -> None:
    """One weight that is another, or another preparation of photos, makes other features."""
    changed, facts = copy.deepcopy(untrained_network), {}
    if differs == "weights":
        with torch.no_grad():
            changed.backbone.get_parameter("layer4.2.conv3.weight")[0, 0] += 1.0
    else:
        facts = {"preprocessing": Preprocessing(size=32, resize=48)}
    candidate = bundle(tmp_path / "candidate", changed, **facts)
    assert passed(samples, champion, candidate) == 2 * len(samples)
