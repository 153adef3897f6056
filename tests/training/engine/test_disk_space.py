"""A disk without room: said before a training where it can be, and in words where it cannot."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from classifier.ml.network import HierarchicalResNet
from tests.manifests import a_manifest
from training.engine.disk_space import DiskFullError, write_bundle
from training.features.partial_cache import CacheError, PartialCache
from training.runtime.checkpoint import CheckpointError, load_checkpoint, save_checkpoint


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse files above so many bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of eight megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=False
        ).returncode
    ):
        pytest.skip("A small disk can be mounted by root alone.")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_too_small_a_disk_is_said_before_anything_is_read(
    small_disk: Path, drawn_photos: Path, backbone_file: Path, tmp_path: Path
) -> None:
    """A cache folder without room for checkpoints stops the command at once, with numbers."""
    asked = [
        "--photos",
        drawn_photos,
        "--backbone",
        backbone_file,
        "--strides",
        "v1",
        "--name",
        "x",
        "--output",
        tmp_path / "out",
        "--cache",
        small_disk / "cache",
    ]
    with pytest.raises(CommandError, match=r"need 760 MB in .*small, which has 8 MB"):
        call_command("train", *map(str, asked))
    assert not list(small_disk.iterdir())


def test_a_cache_that_does_not_fit_is_not_begun(small_disk: Path, tmp_path: Path) -> None:
    """The whole file is reserved first: under a map, a disk that fills up kills the process."""
    values = np.zeros((4, 1024), np.float16)
    with pytest.raises(CacheError, match=r"needs 0.1 GB in .*small, which has 0.0 GB"):
        PartialCache(small_disk / "x.npy").add(values, total=50_000)
    with files_of_at_most(2**20), pytest.raises(CacheError, match="File too large"):
        PartialCache(tmp_path / "y.npy").add(values, total=50_000)
    assert not list(small_disk.iterdir())
    assert not list(tmp_path.glob("y*"))


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    """When the disk is full after an epoch, the sentence says so and the last epoch is kept."""
    folder = tmp_path / "run"
    save_checkpoint(folder, {"epoch": 1}, {"weights": torch.ones(3)})
    with files_of_at_most(2**20), pytest.raises(CheckpointError, match="goes on after the last"):
        save_checkpoint(folder, {"epoch": 2}, {"weights": torch.ones(2**20)})
    checkpoint = load_checkpoint(folder)
    assert checkpoint is not None
    assert checkpoint[0] == {"epoch": 1}
    assert [path.name for path in tmp_path.iterdir() if path.name != "storage"] == ["run"]


def test_a_bundle_that_cannot_be_written_says_how_to_go_on(
    untrained_network: HierarchicalResNet, tmp_path: Path
) -> None:
    """The training is kept, and --finish writes the bundle once there is room."""
    with files_of_at_most(2**20), pytest.raises(DiskFullError, match="again with --finish"):
        write_bundle(untrained_network, a_manifest(name="big"), tmp_path / "big")
    assert not (tmp_path / "big").exists()
