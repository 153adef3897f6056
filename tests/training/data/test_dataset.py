"""Reading photos while training: what cannot be read is dropped, counted and named."""

from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import to_tensor
from tests.training.patterns import save_pattern
from training.data.dataset import (
    DecodedBatch,
    DroppedPhotos,
    PhotoDataset,
    collate,
    readable_batches,
)
from training.data.folder import Sample

PREPROCESSING = Preprocessing(size=64, resize=64)


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """Six photos in one class; the second is damaged, the fifth and sixth are missing."""
    paths = [save_pattern(tmp_path / f"{i}.jpg", i) for i in range(4)]
    paths[1].write_bytes(paths[1].read_bytes()[:200])
    paths += [tmp_path / "4.jpg", tmp_path / "5.jpg"]
    return [Sample(path, "Shoes", "Boots", path.name) for path in paths]


def loader(samples: list[Sample], workers: int = 0) -> DataLoader[DecodedBatch]:
    dataset = PhotoDataset(samples, lambda data, _row: to_tensor(data, PREPROCESSING))
    return DataLoader(dataset, batch_size=2, collate_fn=collate, num_workers=workers)  # type: ignore[arg-type]


def test_unreadable_photos_leave_the_batch_and_their_rows_with_them(samples: list[Sample]) -> None:
    """Pixels and rows of what was read still belong together."""
    first, second = readable_batches(loader(samples), DroppedPhotos())
    assert first.rows.tolist() == [0]
    assert second.rows.tolist() == [2, 3]
    expected = to_tensor(samples[3].path.read_bytes(), PREPROCESSING)
    assert second.pixels.shape == (2, 3, 64, 64)
    assert torch.equal(second.pixels[1], expected)


def test_an_empty_batch_is_skipped_and_its_photos_are_counted_by_name(
    samples: list[Sample], caplog: pytest.LogCaptureFixture
) -> None:
    """The third batch has no readable photo: it is not yielded, but both names are counted."""
    dropped = DroppedPhotos()
    for _ in range(2):  # two epochs
        assert len(list(readable_batches(loader(samples), dropped))) == 2
    assert {path.name: n for path, n in dropped.counts.items()} == {
        "1.jpg": 2,
        "4.jpg": 2,
        "5.jpg": 2,
    }
    assert len(caplog.messages) == 3
    assert "cannot be decoded" in caplog.text
    assert "No such file" in caplog.text


def test_worker_processes_report_what_they_dropped(samples: list[Sample]) -> None:
    """With a loader process of its own, the counts still arrive in the main process."""
    dropped = DroppedPhotos()
    rows = [batch.rows.tolist() for batch in readable_batches(loader(samples, 1), dropped)]
    assert rows == [[0], [2, 3]]
    assert sum(dropped.counts.values()) == 3
