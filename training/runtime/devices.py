"""The devices a training runs on, and the precision it calculates with."""

from contextlib import AbstractContextManager
from datetime import timedelta
from enum import StrEnum
from typing import Final

import torch
from accelerate import Accelerator
from accelerate.utils import InitProcessGroupKwargs

# The first process may fill a cache for hours while the others wait for it.
LONGEST_WAIT: Final = timedelta(days=2)


class Precision(StrEnum):
    """How the passes through the network calculate; weights are always kept in full."""

    AUTO = "auto"  # bf16 on a GPU that has it, else fp16; fp32 on a CPU
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"


def resolve_precision(precision: Precision, device: torch.device) -> Precision:
    """Return what ``auto`` means on this device, and anything else as it is.

    Raises:
        ValueError: if fp16 is asked of a CPU, whose kernels are not made for it.
    """
    if precision is Precision.FP16 and device.type == "cpu":
        raise ValueError("fp16 needs a GPU. On a CPU, take --precision fp32 or bf16.")
    if precision is not Precision.AUTO:
        return precision
    if device.type != "cuda":
        return Precision.FP32
    return Precision.BF16 if torch.cuda.is_bf16_supported() else Precision.FP16


def autocast(precision: Precision, device: torch.device) -> AbstractContextManager[object]:
    """Return the context in which a forward pass has this precision."""
    precision = resolve_precision(precision, device)
    if precision is Precision.FP32:
        return torch.autocast(device.type, enabled=False)
    kind = torch.bfloat16 if precision is Precision.BF16 else torch.float16
    return torch.autocast(device.type, dtype=kind)


def make_accelerator() -> Accelerator:
    """Return the accelerator: this process's device, and the processes that train beside it.

    How many processes there are is what `accelerate launch` or `torchrun` started; without
    them, one. Precision is ours to choose (`autocast`), since accelerate's is fixed for a
    process's whole life.
    """
    return Accelerator(
        # Not told so, it takes several processes without a GPU for as many single ones.
        cpu=not torch.cuda.is_available(),
        mixed_precision="no",
        kwargs_handlers=[InitProcessGroupKwargs(timeout=LONGEST_WAIT)],
    )
