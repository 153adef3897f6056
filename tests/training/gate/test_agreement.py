"""A candidate that agrees with the moderators no more than chance would is stopped."""

import numpy as np
import pytest

from tests.training.gate.worlds import BESIDE, CLUTCHES, World, criterion, gain
from training.gate.gate import compare

NAME = "agreement with reviews"


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_reviews_stop_a_candidate_whatever_it_costs(seed: int) -> None:
    """With the labels of the reviewed items shuffled, even one that got cheaper is rejected."""
    world = World(seed)
    photos = world.photos
    reviewed = photos.items & world.right(0.1)
    champion = world.model(world.right(0.9))
    # It tags what was reviewed no more: for certain cheaper, since those labels are wrong.
    candidate = world.model(world.right(0.9))
    candidate.tag[reviewed] = -1
    shuffled = photos.sub.copy()
    shuffled[reviewed] = world.draw.permutation(photos.sub[reviewed])
    photos.sub[:] = shuffled
    report = compare(photos, champion, candidate, reviewed=reviewed)
    must = criterion(report, NAME)
    assert not must.passed
    assert "look whether the labels of the reviews were mixed up" in must.sentence
    assert not report.promote
    assert "about as many as by chance" in report.summary


@pytest.mark.parametrize("share", [0.4, 0.7, 1.0])
def test_hard_reviews_are_no_mixed_up_ones(share: float) -> None:
    """A better candidate that knows less than half of the reviewed items is promoted still."""
    world = World()
    reviewed = world.photos.items & world.right(0.1)
    before = world.right(0.9) & ~reviewed
    known = gain(before, reviewed, round(share * reviewed.sum()))
    report = compare(world.photos, world.model(before), world.model(known), reviewed=reviewed)
    assert criterion(report, NAME).passed
    assert report.promote, report.summary


def test_what_cannot_be_told_is_not_asked() -> None:
    """Nine reviewed items, and forty of one class, say nothing of whether labels are mixed up."""
    world = World()
    photos = world.photos
    before, after = world.right(0.9), world.right(1.0)
    few = photos.items & (np.cumsum(photos.items) <= 9)
    alike = (photos.sub == BESIDE[CLUTCHES]) & (np.cumsum(photos.sub == BESIDE[CLUTCHES]) <= 40)
    for reviewed in (few, alike, None):
        report = compare(photos, world.model(before), world.model(after), reviewed=reviewed)
        assert report.promote
        assert not [one for one in report.criteria if one.name == NAME]
