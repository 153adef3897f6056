"""Passes without Python: what else the process does in Python does not hold them up."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from classifier.ml.bundle import load_bundle
from classifier.ml.engines.engine import EngineName
from classifier.ml.engines.scripted import scripted
from classifier.ml.engines.torch_engine import TorchEngine

SIDE = 32
# What has Python hands it on after so long, to whoever waits for it.
HANDED_ON = 0.2


@contextmanager
def busy_python() -> Iterator[None]:
    """Another thread that computes in Python all the time."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            sum(range(1000))

    usual = sys.getswitchinterval()
    thread = threading.Thread(target=work)
    sys.setswitchinterval(HANDED_ON)
    thread.start()
    try:
        yield
    finally:
        done.set()
        sys.setswitchinterval(usual)
        thread.join()


def test_a_pass_does_not_wait_for_python_after_each_layer(untrained_bundle: Path) -> None:
    """54 convolutions beside a busy thread: a wait after each would take ten seconds."""
    backbone = load_bundle(untrained_bundle).network.backbone
    engine = TorchEngine(backbone, EngineName.TORCH_FP32, side=SIDE)
    pixels = torch.rand(1, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), busy_python():
        began = time.monotonic()
        features = engine.features(pixels)
        lasted = time.monotonic() - began
    assert lasted < 20 * HANDED_ON
    assert features.shape == (1, 2048)


def hexadecimal(x: torch.Tensor) -> torch.Tensor:
    """What TorchScript cannot compile: it has no such method of numbers."""
    return x + float.fromhex("0x10")


def test_what_cannot_be_compiled_runs_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """The log says why, and the output is that of the function."""
    caplog.set_level(logging.INFO, "classifier.ml.engines.scripted")
    run = scripted(hexadecimal)
    assert run(torch.ones(2)).tolist() == [17, 17]
    assert "torch runs with Python between its operators" in caplog.text
