"""A pass without Python: TorchScript runs the operators one after the other.

From Python each operator ends with a wait for the interpreter's lock. Whatever else the process
does in Python, which hands the lock on every 5 ms, then holds up a pass after every layer: sixty
times. Two passes at once hold up each other.

TorchScript is deprecated, and nothing that torch offers in its place runs without both Python and a
C++ compiler. Without it passes are right as well, and slower beside other work.
"""

import logging
import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn

logger = logging.getLogger(__name__)


def scripted(network: nn.Module) -> Callable[[Tensor], Tensor]:
    """Return what does as the network does, without Python; the network, where that fails.

    The network must not be used besides: a weight that Python holds too is counted under the lock.

    Args:
        network: of one input and one output, in TorchScript's part of Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r".*is deprecated", FutureWarning)
            compiled = torch.jit.script(network)
    # What TorchScript raises, Python without it, and an installation without our source text.
    except (RuntimeError, AttributeError, OSError) as error:
        logger.info("torch runs with Python between its operators: %s", error)
        return network

    def run(pixels: Tensor) -> Tensor:
        # What it would learn of its inputs, to generate code for them, needs weights of plain form.
        with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            output: Tensor = compiled(pixels)
        return output

    return run
