"""What the network is trained to say of items, near photos and others."""

from pathlib import Path

import pytest
import torch

from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, TAXONOMY
from training.data.folder import PhotosError, Sample
from training.data.targets import build_targets


def samples() -> list[Sample]:
    """One item of each subclass, then a near photo of shoes, then one of others."""
    items = [Sample(Path(sub), main, sub, sub) for main, subs in TAXONOMY.items() for sub in subs]
    near = Sample(Path("near"), "Shoes", None, "near")
    return [*items, near, Sample(Path("other"), None, None, "other")]


def test_every_target_is_a_distribution() -> None:
    """Whatever the sample and the smoothing, main and subclass targets sum to one."""
    targets = build_targets(samples(), smoothing=0.1)
    assert torch.allclose(targets.main.sum(1), torch.ones(11))
    assert torch.allclose(targets.sub.sum(1), torch.ones(11))


def test_an_items_targets_are_its_labels() -> None:
    """Without smoothing an item's whole target lies on its main class and subclass."""
    targets = build_targets(samples())
    clutches = SUBCLASSES.index("Clutches")
    assert targets.sub[clutches, clutches] == 1
    assert targets.main[clutches, MAIN_CLASSES.index("Bags")] == 1
    assert targets.novelty[clutches] == 0


def test_a_near_photos_target_is_its_main_class_and_no_subclass() -> None:
    """A near photo keeps its main class; its subclass is spread over that class's three."""
    targets = build_targets(samples())
    shoes = [SUBCLASSES.index(sub) for sub in TAXONOMY["Shoes"]]
    assert targets.main[9, MAIN_CLASSES.index("Shoes")] == 1
    assert torch.allclose(targets.sub[9, shoes], torch.full((3,), 1 / 3))
    assert targets.novelty[9] == 0


def test_others_are_novel_and_spread_over_everything() -> None:
    """A photo of something else is novel, and no class of either head is likely."""
    targets = build_targets(samples(), outlier_weight=0.25)
    assert torch.allclose(targets.sub[10], torch.full((9,), 1 / 9))
    assert targets.novelty[10] == 1
    assert targets.main_weight[10] == targets.sub_weight[10] == 0.25


def test_a_rare_subclass_weighs_more() -> None:
    """With twice the photos a subclass's photos weigh half as much, as `compute_class_weight`."""
    doubled = [*samples(), Sample(Path("again"), "Shoes", "Boots", "again")]
    targets = build_targets(doubled)
    boots, flats = SUBCLASSES.index("Boots"), SUBCLASSES.index("Flats")
    assert targets.sub_weight[boots] == pytest.approx(targets.sub_weight[flats] / 2)


def test_a_missing_subclass_is_named() -> None:
    """Training without any photo of a subclass is refused by its name."""
    without_boots = [s for s in samples() if s.sub != "Boots"]
    with pytest.raises(PhotosError, match="no training photos of Boots"):
        build_targets(without_boots)
