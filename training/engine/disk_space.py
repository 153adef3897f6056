"""Disk space: checked before a training, and a clear error where it runs out later."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from safetensors import SafetensorError

from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import Manifest
from classifier.ml.network import HierarchicalResNet
from training.engine.config import TrainConfig
from training.engine.stages import TrainFrom
from training.runtime.checkpoint import DISK_FULL

MEGABYTE: Final = 2**20
BUNDLE: Final = 85 * MEGABYTE  # in half precision, with its figures and replay features
# Trained weights of one kind in single precision. A checkpoint holds the weights, the best
# epoch's, two moments of Adam and perhaps an average; the one before stays until it is written.
TRAINED: Final = {
    TrainFrom.ALL: 95 * MEGABYTE,
    TrainFrom.LAYER2: 95 * MEGABYTE,  # with what comes before it
    TrainFrom.LAYER3: 88 * MEGABYTE,
    TrainFrom.LAYER4: 61 * MEGABYTE,
    TrainFrom.HEADS: MEGABYTE,
}
# What safetensors' message ends with: it hides the error's number.
DISK_FULL_ENDINGS: Final = tuple(f"(os error {number})" for number in DISK_FULL)


class DiskFullError(Exception):
    """The disk is too full; the message says where, and how much is needed."""


def check_disk_space(cache: Path, output: Path, config: TrainConfig, runs: int = 1) -> None:
    """Check that checkpoints and the bundle will fit; caches check their own space.

    Args:
        cache: folder of the checkpoints.
        output: folder of the bundle.
        config: the settings of the loop.
        runs: how many trainings there are; each leaves a checkpoint until the bundle is written.

    Raises:
        DiskFullError: if they will not.
    """
    needs: dict[int, tuple[Path, int]] = {}
    kept = (1 + runs) * (5 if config.ema else 4) * TRAINED[config.train_from]
    for folder, needed in ((cache, kept), (output.parent, BUNDLE)):
        there = _existing(folder)
        device = there.stat().st_dev
        needs[device] = (there, needs.get(device, (there, 0))[1] + needed)
    for folder, needed in needs.values():
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise DiskFullError(
                f"Checkpoints and bundle need {needed / MEGABYTE:.0f} MB in {folder}, which has "
                f"{free / MEGABYTE:.0f} MB. Free some space, or name other folders "
                "with --cache and --output."
            )


def write_bundle(
    network: HierarchicalResNet,
    manifest: Manifest,
    output: Path,
    extras: Mapping[str, bytes] | None = None,
) -> Manifest:
    """Save a bundle, and say what to do if the disk filled up meanwhile.

    Raises:
        DiskFullError: if the disk is full; the checkpoint is still there.
        FileExistsError, ValueError: as `save_bundle`.
    """
    try:
        return save_bundle(network.to("cpu"), manifest, output, extras)
    except (OSError, SafetensorError) as error:
        full = (
            error.errno in DISK_FULL
            if isinstance(error, OSError)
            else str(error).endswith(DISK_FULL_ENDINGS)
        )
        if not full:
            raise
        raise DiskFullError(
            f"The bundle cannot be written to {output.parent} ({error}). The training is kept: "
            "free some space, and give the same command again with --finish."
        ) from error


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    folder = folder.resolve()
    return next(parent for parent in (folder, *folder.parents) if parent.exists())
