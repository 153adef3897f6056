"""Covered and cut photos: how much, where, and of which photos."""

import numpy as np
import pytest
from PIL import Image

from classifier.taxonomy import SUBCLASSES
from tests.training.labelled import item, other
from training.evaluation.bad_photos.robustness import COVER, SHARES, Spot, cover, cut, subsample


@pytest.mark.parametrize("share", SHARES)
def test_the_stated_share_is_covered(share: float) -> None:
    """A grey rectangle of the photo's proportions lies over just that share of it."""
    photo = Image.new("RGB", (200, 120), "white")
    covered = np.asarray(cover(photo, share, Spot(0.3, 1.0)))
    grey = (covered == COVER).all(axis=2)
    assert grey.mean() == pytest.approx(share, abs=0.01)
    assert grey[-1].any()
    assert not grey[0].any()
    assert photo.getpixel((100, 60)) == (255, 255, 255)


@pytest.mark.parametrize("share", SHARES)
def test_the_stated_share_is_cut_away(share: float) -> None:
    """What is left has the photo's proportions, and the rest of its area."""
    left = cut(Image.new("RGB", (200, 120)), share, Spot(0.5, 0.5))
    assert left.width * left.height / (200 * 120) == pytest.approx(1 - share, abs=0.01)
    assert left.width / left.height == pytest.approx(200 / 120, abs=0.02)


def test_the_subsample_is_even_and_the_same_every_time() -> None:
    """It takes as many of each subclass as it can, whatever the order of the photos."""
    samples = [item(name) for name in SUBCLASSES for _ in range(5)] + [other()]
    chosen = subsample(samples, 18)
    assert sorted(str(s.sub) for s in chosen) == sorted([*SUBCLASSES, *SUBCLASSES])
    assert subsample(samples[::-1], 18) == chosen
    assert len(subsample(samples, 1000)) == 45
