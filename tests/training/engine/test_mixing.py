"""Cutmix: a rectangle of another photo, and its targets in the same share."""

import numpy as np
import torch

from classifier.taxonomy import SUBCLASSES
from tests.training.labelled import item, near, other
from training.data.targets import build_targets
from training.engine.mixing import cut_mixed, mixed


def test_targets_are_mixed_by_the_area_that_another_photo_took() -> None:
    """Each photo is one colour, so its pixels say what share of it is another's."""
    samples = [*(item(sub) for sub in SUBCLASSES), near("Bags"), other()]
    targets = build_targets(samples)
    number = torch.arange(len(samples)).float()
    photos = number[:, None, None, None].expand(-1, 3, 40, 30)
    inputs, batch = cut_mixed(np.random.default_rng(0), photos, targets)
    own = (inputs == photos).float().mean(dim=(1, 2, 3))
    assert own.min() > 0.45
    assert own.max() == 1 or own.max() > 0.8
    for row, share in enumerate(own.tolist()):
        values = inputs[row].unique()
        assert len(values) <= 2
        label = int(targets.joint[row].argmax())
        assert abs(float(batch.joint[row, label]) - share) < 1e-5
    torch.testing.assert_close(batch.joint.sum(dim=1), torch.ones(len(samples)))
    assert own.min() < 0.9, "Something was taken from another photo."


def test_mixup_mixes_targets_in_the_share_of_the_inputs() -> None:
    """Inputs that are the targets themselves stay so."""
    samples = [*(item(sub) for sub in SUBCLASSES), near("Bags"), other()]
    targets = build_targets(samples)
    inputs, batch = mixed(np.random.default_rng(1), targets.joint, targets, alpha=1.0)
    torch.testing.assert_close(inputs, batch.joint)
    assert not torch.equal(inputs, targets.joint)
