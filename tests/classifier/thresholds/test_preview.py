"""What other thresholds would come to, before anything is saved."""

from dataclasses import replace

import pytest

from classifier.decision import Thresholds
from classifier.taxonomy import MAIN_CLASSES, TAXONOMY
from classifier.thresholds.held_out import HeldOutPhoto
from classifier.thresholds.preview import changes, consequences, thresholds_for
from classifier.versions.stream import DEFAULT_MIX, Mix
from tests.tagged_photos import scores_for

BASE = Thresholds(sub=dict.fromkeys(Thresholds().sub, 0.9))
LOOSE = replace(BASE, sub=dict.fromkeys(BASE.sub, 0.5))
PHOTOS = [
    HeldOutPhoto("a", scores_for("Boots", share=0.95), "Shoes", "Boots"),
    HeldOutPhoto("b", scores_for("Boots", share=0.6), "Shoes", "Boots"),
    HeldOutPhoto("c", scores_for("Boots", share=0.6), "Shoes", "Flats"),
    HeldOutPhoto("d", scores_for("Flats", share=0.7), "Shoes", None),
    HeldOutPhoto("e", scores_for("Clutches", novelty=0.9), None, None),
]


def test_each_kind_counts_by_its_share_of_the_stream() -> None:
    """Three items, a near photo and another: 850, 100 and 50 of 1,000."""
    strict = consequences(PHOTOS, BASE, DEFAULT_MIX, wrong_tag=10)
    assert strict.tagged == pytest.approx(850 / 3)
    assert strict.wrong_tags == 0
    assert strict.to_the_queue == pytest.approx(1000 - 850 / 3)
    assert strict.cost == pytest.approx(1000 - 850 / 3)
    loose = consequences(PHOTOS, LOOSE, DEFAULT_MIX, wrong_tag=10)
    assert loose.tagged == pytest.approx(950)
    assert loose.ends["wrong"] == pytest.approx(850 / 3 + 100)
    assert loose.wrong_tags == pytest.approx((850 / 3 + 100) / 950)
    assert loose.cost == pytest.approx(10 * (850 / 3 + 100) + 50)


def test_a_kind_without_a_photo_leaves_its_share_to_the_others() -> None:
    """Without near photos and others the items are all of the stream."""
    preview = consequences(PHOTOS[:2], BASE, DEFAULT_MIX, wrong_tag=10)
    assert preview.tagged == pytest.approx(500)
    assert consequences(PHOTOS[:2], BASE, Mix(1, 0, 0), wrong_tag=10) == preview


def test_nothing_tagged_has_no_share_of_wrong_tags() -> None:
    """A share of nothing is none, and not zero."""
    nothing = replace(BASE, sub=dict.fromkeys(BASE.sub, 1.0))
    assert consequences(PHOTOS, nothing, DEFAULT_MIX, wrong_tag=10).wrong_tags is None


def test_the_photos_that_change_are_named() -> None:
    """Both decisions of each, in order; what stays is not among them."""
    preview = changes(((p.photo, p.scores) for p in PHOTOS), BASE, LOOSE)
    assert [(c.photo, c.before.sub, c.after.sub) for c in preview] == [
        ("b", None, "Boots"), ("c", None, "Boots"), ("d", None, "Flats"),
    ]  # fmt: skip


GROUPS = [
    {"classes": ["Clothing", "Bags"], "rows": [{"risk": 0.03, "threshold": 0.8, "coverage": 0.5}]},
    {"classes": ["Shoes"], "rows": [{"risk": 0.05, "threshold": None, "coverage": 0.0}]},
]


def test_each_group_takes_the_threshold_of_its_promise() -> None:
    """What cannot keep it tags nothing; thresholds of main classes and novelty stay."""
    preview = thresholds_for(BASE, GROUPS, {"Clothing": 0.03, "Shoes": 0.05})
    needed = {main: {preview.sub[name] for name in TAXONOMY[main]} for main in MAIN_CLASSES}
    assert needed == {"Clothing": {0.8}, "Bags": {0.8}, "Shoes": {1.0}}
    assert (preview.main, preview.novelty) == (BASE.main, BASE.novelty)
    with pytest.raises(ValueError, match="4 % is none of the promises"):
        thresholds_for(BASE, GROUPS, {"Clothing": 0.04, "Shoes": 0.05})
