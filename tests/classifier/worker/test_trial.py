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

# A decoder with three faults, for processes of this test alone.
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
    if b"goes deaf" in data:
        os.close(0)
        os.write(1, b".")
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
    first = process.process
    assert [process.decode(data) for data in (b"no photo", b"", *[good] * 30)] == [None] * 32
    assert first is not None
    assert process.process is first


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
    assert process.process is not None
    os.kill(process.process.pid, signal.SIGKILL)
    # Whether it was seen to be gone or not, the photo is not to blame.
    assert isinstance(process.decode(good), Postponed | None)
    assert process.decode(good) is None


def test_the_pipes_of_a_process_that_was_killed_between_two_photos_are_closed(
    process: TrialProcess,
) -> None:
    """A worker whose processes are killed again and again does not run out of open files."""
    good = pictures.jpeg()
    assert process.decode(good) is None
    killed = process.process
    assert killed is not None
    killed.kill()
    killed.wait()
    assert process.decode(good) is None
    assert killed.stdin is not None
    assert killed.stdin.closed
    assert killed.stdout is not None
    assert killed.stdout.closed


def test_a_process_that_dies_just_as_a_small_photo_is_sent_costs_the_photo_nothing(
    process: TrialProcess,
) -> None:
    """Its bytes wait in the pipe's buffer, which can be written no more when it is closed."""
    small = pictures.jpeg(16, 16)
    assert len(small) < 4096
    assert process.decode(small + b"goes deaf") is None
    assert isinstance(process.decode(small), Postponed)
    assert process.decode(small) is None
