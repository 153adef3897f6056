"""Suspect photos are decoded apart: in one process for all, and a new one where one dies."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.tagging.results import Postponed, Unreadable
from classifier.worker import trial
from classifier.worker.trial import TrialProcess
from tests import pictures

# A decoder with two faults, for processes of this test alone.
FAULTY_DECODER = """
import os, signal, time
from PIL import JpegImagePlugin
inner = JpegImagePlugin.JpegImageFile._open
def _open(self):
    self.fp.seek(0)
    data = self.fp.read()
    if b"crashes" in data:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"hangs" in data:
        time.sleep(60)
    self.fp.seek(0)
    inner(self)
JpegImagePlugin.JpegImageFile._open = _open
"""


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrialProcess]:
    (tmp_path / "sitecustomize.py").write_text(FAULTY_DECODER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = TrialProcess()
    yield made
    made.close()


def test_one_process_decodes_all_that_does_no_harm(process: TrialProcess) -> None:
    """Dozens of suspects need no dozens of starts; what is no photo does no harm either."""
    good = pictures.jpeg()
    assert process.decode(good) is None
    first = process._process
    assert [process.decode(data) for data in (b"no photo", b"", *[good] * 30)] == [None] * 32
    assert first is not None
    assert process._process is first


def test_each_photo_bears_what_it_does_itself(
    process: TrialProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that crashes the process, hangs it, or sees it killed; the next ones do not suffer."""
    good = pictures.jpeg()
    assert process.decode(good + b"crashes") == Unreadable(
        "The file crashes the decoder (SIGSEGV)."
    )
    assert process.decode(good) is None
    monkeypatch.setattr(trial, "DECODE_SECONDS", 1)
    hangs = process.decode(good + b"hangs")
    assert isinstance(hangs, Unreadable)
    assert "longer than 1 seconds" in hangs.why
    monkeypatch.undo()
    assert process.decode(good) is None
    assert process._process is not None
    os.kill(process._process.pid, signal.SIGKILL)
    # Whether it was seen to be gone or not, the photo is not to blame.
    assert isinstance(process.decode(good), Postponed | None)
    assert process.decode(good) is None
