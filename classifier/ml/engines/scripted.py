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
from functools import cache
from typing import Any, Final

import torch
from torch import Tensor

logger = logging.getLogger(__name__)

# What TorchScript raises, Python without it, and an installation without our source text.
_FAILURES: Final = (RuntimeError, AttributeError, OSError)


@cache
def scripted(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return what does as the function does, without Python; the function, where that fails.

    Args:
        function: in TorchScript's part of Python; compiled once.
    """
    try:
        compiled = _script(function)
    except _FAILURES as error:
        logger.info("torch runs with Python between its operators: %s", error)
        return function

    def run(*arguments: Any) -> Tensor:
        # What it would learn of its inputs, to generate code for them, needs weights of plain form.
        with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            output: Tensor = compiled(*arguments)
        return output

    return run


def scripted_list(tensors: list[Tensor]) -> list[Tensor]:
    """Return a list that holds its tensors without Python; as it is, where that fails.

    The last use of a tensor that Python alone holds is counted under the lock, after each operator.
    """
    try:
        held: list[Tensor] = _script(tensors)
    except _FAILURES:
        return tensors
    return held


def _script(what: Any) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r".*is deprecated", FutureWarning)
        return torch.jit.script(what)
