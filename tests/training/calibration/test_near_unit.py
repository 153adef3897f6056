"""The near unit: fitted after training, it keeps a T-shirt from being tagged as a dress."""

import numpy as np
import pytest
import torch

from classifier.ml.manifest import Temperature
from classifier.ml.network import HierarchicalResNet
from classifier.ml.probabilities import LogitArrays, probabilities
from classifier.taxonomy import SUBCLASSES
from training.calibration.held_out import HeldOut
from training.calibration.near_unit import FEWEST, fit_near_unit
from training.engine.stages import TrainedPart, TrainFrom
from training.evaluation.scoring import Truth
from training.features.cache import FeatureCache

TOTE = SUBCLASSES.index("Tote Bags")


def photos(items: int, near: int, others: int, seed: int) -> HeldOut:
    """Features in which near photos differ from items along 64 of 2048 directions."""
    draw = np.random.default_rng(seed)
    kinds = np.repeat([0, 1, 2], [items, near, others])
    features = draw.normal(size=(len(kinds), 2048)).astype(np.float16)
    features[:, :64] += 2.0 * (kinds == 1)[:, None]
    truth = Truth(
        main=np.where(kinds == 2, -1, 2),
        sub=np.where(kinds == 0, TOTE, -1),
        groups=np.arange(len(kinds)).astype(str),
    )
    return HeldOut(FeatureCache(features[:, None]), truth)


def sub_scores(network: HierarchicalResNet, held_out: HeldOut) -> np.ndarray:
    logits = held_out.logits(TrainedPart(network, TrainFrom.HEADS))
    return probabilities(logits, Temperature()).sub


@pytest.fixture
def network() -> HierarchicalResNet:
    """A network that is sure that everything is a tote bag."""
    network = HierarchicalResNet().eval()
    with torch.no_grad():
        network.sub_head.weight.zero_()
        network.sub_head.bias.zero_()
        network.sub_head.bias[TOTE] = 12.0
    return network


def test_near_photos_lose_their_subclass_and_items_keep_it(network: HierarchicalResNet) -> None:
    """On photos it was not fitted to, the scores of near photos spread and those of items stay."""
    fit_near_unit(network, TrainFrom.HEADS, photos(200, 80, 40, 0), photos(60, 20, 10, 1))
    seen = photos(50, 50, 0, 2)
    scores = sub_scores(network, seen)
    assert np.median(scores[seen.truth.items, TOTE]) > 0.9
    assert np.median(scores[seen.truth.near, TOTE]) < 0.4
    np.testing.assert_allclose(scores.sum(axis=1), 1)


@pytest.mark.parametrize(("near", "to_choose_by"), [(0, 20), (FEWEST - 1, 20), (80, 0)])
def test_too_few_near_photos_leave_it_silent(
    network: HierarchicalResNet, near: int, to_choose_by: int
) -> None:
    """Without enough near photos the unit changes no score, also one that was fitted before."""
    with torch.no_grad():
        network.near_unit.bias.fill_(3.0)
    fit_near_unit(network, TrainFrom.HEADS, photos(60, near, 9, 0), photos(30, to_choose_by, 5, 1))
    assert sub_scores(network, photos(5, 5, 5, 2))[:, TOTE].min() > 0.99


def test_fitting_twice_gives_the_same_unit(network: HierarchicalResNet) -> None:
    """There is no chance in it."""
    weights = []
    for _ in range(2):
        fit_near_unit(network, TrainFrom.HEADS, photos(60, 40, 9, 0), photos(30, 20, 5, 1))
        weights.append(network.near_unit.weight.clone())
    assert weights[0].equal(weights[1])


def test_a_near_photo_keeps_its_main_class_in_its_subclass_scores() -> None:
    """What is spread stays within the main class, and a sure near photo is below one half."""
    sure = np.full((1, 9), -20.0)
    sure[0, TOTE] = 0.0
    logits = LogitArrays(np.zeros((1, 3)), sure, np.zeros(1), np.array([20.0]))
    sub = probabilities(logits, Temperature()).sub[0]
    np.testing.assert_allclose(sub[6:], 1 / 3, atol=1e-6)
    np.testing.assert_allclose(sub[:6], 0, atol=1e-6)
