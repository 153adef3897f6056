"""Photos on the fly: augmented by a chance of their own, and dropped by name when unreadable."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet, StridePlacement, with_imagenet_backbone
from tests.training.patterns import save_pattern
from training.data.augment import ListingAugmentation
from training.data.batches import PhotoBatches
from training.data.folder import Sample, read_photos
from training.data.targets import build_targets
from training.engine.presets import STUDY
from training.engine.trainer import TrainingError, fit

PREPROCESSING = Preprocessing(size=32, resize=32)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Two photos of each subclass; the last photo of all is damaged."""
    folder = tmp_path_factory.mktemp("photos")
    for number, (main, sub) in enumerate(
        [
            ("Clothing", "Dresses"),
            ("Clothing", "Outerwear"),
            ("Clothing", "Skirts"),
            ("Shoes", "Boots"),
            ("Shoes", "Flats"),
            ("Shoes", "High Heels"),
            ("Bags", "Clutches"),
            ("Bags", "Shoulder Bags"),
            ("Bags", "Tote Bags"),
        ]
    ):
        for i in range(2):
            save_pattern(folder / main / sub / f"{i}.jpg", seed=10 * number + i)
    read = read_photos(folder)
    read[-1].path.write_bytes(b"no photo")
    return read


def inputs(batches: PhotoBatches, rows: Sequence[int], seed: tuple[int, ...]) -> torch.Tensor:
    (batch,) = batches.training_batches([np.array(rows)], seed, CPU)
    return batch.inputs


def test_a_view_depends_on_epoch_and_photo_and_on_nothing_else(samples: list[Sample]) -> None:
    """Whichever photos stand beside it and whoever drew before, a photo's view is the same."""
    batches = PhotoBatches(samples, PREPROCESSING, ListingAugmentation(PREPROCESSING))
    first = inputs(batches, [3, 4, 5], (0, 1, 0))
    torch.rand(7)
    assert torch.equal(inputs(batches, [5, 3], (0, 1, 0)), first[[2, 0]])
    assert not torch.equal(inputs(batches, [3, 4, 5], (0, 2, 0)), first)


def test_augmenting_leaves_the_chance_of_others_alone(samples: list[Sample]) -> None:
    """Dropout draws the same numbers whether or not photos were augmented meanwhile."""
    torch.manual_seed(1)
    undisturbed = torch.rand(3)
    torch.manual_seed(1)
    inputs(
        PhotoBatches(samples, PREPROCESSING, ListingAugmentation(PREPROCESSING)), [0, 1], (0, 1, 0)
    )
    assert torch.equal(torch.rand(3), undisturbed)


def test_training_goes_on_without_a_damaged_photo_and_names_it(
    samples: list[Sample], backbone_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A photo that cannot be read is left out of its batch by name; alone in one, it skips it."""
    network = with_imagenet_backbone(backbone_file, StridePlacement.V1)
    before = network.main_head.weight.detach().clone()
    batches = PhotoBatches(samples, PREPROCESSING, ListingAugmentation(PREPROCESSING))
    config = replace(STUDY.config, epochs=1, batch_size=2)
    fit(network, batches, build_targets(samples), config, lambda _: 1.0, checkpoint=None)
    assert not torch.equal(network.main_head.weight, before)
    assert torch.isfinite(network.main_head.weight).all()
    assert f"Left out {samples[-1].path}" in caplog.text


def test_photos_that_all_became_unreadable_end_in_a_sentence(
    samples: list[Sample], backbone_file: Path, tmp_path: Path
) -> None:
    """When no photo can be read any more, training says so and does not pretend."""
    gone = [replace(sample, path=tmp_path / sample.path.name) for sample in samples]
    network = HierarchicalResNet(StridePlacement.V1)
    batches = PhotoBatches(gone, PREPROCESSING, ListingAugmentation(PREPROCESSING))
    config = replace(STUDY.config, epochs=1, batch_size=8)
    with pytest.raises(TrainingError, match="Not one step could be made"):
        fit(network, batches, build_targets(gone), config, lambda _: 1.0, checkpoint=None)
