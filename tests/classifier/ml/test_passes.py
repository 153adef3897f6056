"""Threads that run the network's passes."""

import threading

import pytest
import torch

from classifier.ml.passes import Passes
from tests.databases import in_threads

CORES = 4


def test_a_pass_that_is_alone_has_all_cores_and_two_share_them() -> None:
    """The second has half of them, and so has the first's next one while the second goes on."""
    passes = Passes(at_once=2, cores=CORES)
    together, begun = threading.Barrier(2, timeout=30), threading.Event()

    def first() -> int:
        begun.set()
        together.wait()
        return torch.get_num_threads()

    def second() -> int:
        together.wait()
        return torch.get_num_threads()

    threads: list[int] = []
    one = threading.Thread(target=lambda: threads.append(passes.run(first)))
    one.start()
    assert begun.wait(30)
    assert passes.run(second) == CORES // 2
    one.join()
    assert threads == [CORES]
    assert passes.run(torch.get_num_threads) == CORES


def test_no_more_passes_run_at_once_than_may() -> None:
    """Six callers, two threads; nothing is left out and gradients are off."""
    passes, running, most = Passes(at_once=2, cores=1), [], []

    def work() -> bool:
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.02)
        running.pop()
        return torch.is_inference_mode_enabled()

    assert in_threads(6, lambda: passes.run(work)) == [True] * 6
    assert max(most) <= 2


def test_what_a_pass_raises_reaches_its_caller() -> None:
    """As from a device that fails; the next pass runs."""
    passes = Passes(at_once=1, cores=1)

    def broken() -> None:
        raise RuntimeError("CUDA error")

    with pytest.raises(RuntimeError, match="CUDA error"):
        passes.run(broken)
    assert passes.run(lambda: 1) == 1
