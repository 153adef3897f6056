"""Checkpoints, with which a killed training goes on: safetensors and JSON, written atomically.

Plain formats, not pickles: a checkpoint from elsewhere can do no more than be wrong.
"""

import errno
import json
import shutil
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save
from torch import Tensor

STATE: Final = "state.json"
TENSORS: Final = "tensors.safetensors"
# A full disk, a quota that is used up, and a file that may not be so large.
DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class CheckpointError(Exception):
    """A checkpoint cannot be written; the message says what is in the way."""


def save_checkpoint(folder: Path, state: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    """Write a checkpoint in place of the one before; a kill leaves the old or the new one whole.

    Raises:
        CheckpointError: if the disk is full; the checkpoint before is still there.
    """
    aside = folder.with_name(f"{folder.name}.partial")
    before = folder.with_name(f"{folder.name}.before")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    own = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    try:
        # Not safetensors' own save_file: it hides which error the disk gave.
        (aside / TENSORS).write_bytes(save(own))
        (aside / STATE).write_text(json.dumps(state), encoding="utf-8")
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        if error.errno not in DISK_FULL:
            raise
        needed = sum(tensor.nbytes for tensor in own.values())
        raise CheckpointError(
            f"The checkpoint of {needed / 2**20:.0f} MB cannot be written to {folder.parent} "
            f"({error.strerror}). Free some space, or name another folder with --cache; the same "
            "command then goes on after the last epoch that was kept."
        ) from error
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():
        folder.rename(before)
    aside.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def load_checkpoint(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """Return the last whole checkpoint, or None where there is none."""
    for candidate in (folder, folder.with_name(f"{folder.name}.before")):
        if (candidate / STATE).is_file():
            state = json.loads((candidate / STATE).read_text(encoding="utf-8"))
            return state, load_file(candidate / TENSORS)
    return None


def has_checkpoint(folder: Path) -> bool:
    """Return whether `load_checkpoint` would find one."""
    before = folder.with_name(f"{folder.name}.before")
    return any((candidate / STATE).is_file() for candidate in (folder, before))


def remove_checkpoint(folder: Path) -> None:
    """Delete a checkpoint and what an interrupted save left beside it."""
    for suffix in ("", ".partial", ".before"):
        shutil.rmtree(folder.with_name(folder.name + suffix), ignore_errors=True)


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the optimiser's per-parameter state as ``optimizer.<parameter>.<name>``."""
    return {
        f"optimizer.{index}.{name}": value
        for index, values in optimizer.state_dict()["state"].items()
        for name, value in values.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put `optimizer_tensors` back; learning rates are the schedule's to restore."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith("optimizer."):
            _, index, name = key.split(".", 2)
            state.setdefault(int(index), {})[name] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def with_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors under ``prefix.`` names."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def under_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return those tensors whose names begin with ``prefix.``, without it."""
    start = f"{prefix}."
    return {n.removeprefix(start): t for n, t in tensors.items() if n.startswith(start)}
