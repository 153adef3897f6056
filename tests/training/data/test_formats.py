"""Training opens the formats that the product takes, whatever a file is called."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import EpsImagePlugin

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import UnreadablePhotoError, decode
from tests.training.patterns import save_pattern
from training.data.augment import ListingAugmentation
from training.data.batches import PhotoBatches
from training.data.folder import Sample, UnreadablePhoto
from training.data.splits.near_duplicates import hash_photo

EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 64 64
%%EndComments
0 0 64 64 rectfill
showpage
%%EOF
"""


@pytest.fixture
def ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that a stand-in for Ghostscript, first on the PATH, writes when it is started."""
    started, folder = tmp_path / "started", tmp_path / "bin"
    folder.mkdir()
    program = folder / "gs"
    program.write_text(f"#!/bin/sh\necho started >> {started}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)  # Pillow remembers where it was
    return started


def test_a_program_named_as_a_photo_is_refused_and_never_run(
    tmp_path: Path, ghostscript: Path
) -> None:
    """A PostScript file that is called .jpg is no photo; no interpreter is started for it."""
    disguised = tmp_path / "disguised.jpg"
    disguised.write_bytes(EPS)
    with pytest.raises(UnreadablePhotoError):
        decode(EPS, at_least=32)
    assert isinstance(hash_photo(disguised), UnreadablePhoto)
    preprocessing = Preprocessing(size=32, resize=32)
    good = save_pattern(tmp_path / "good.jpg", seed=1)
    samples = [Sample(path, None, None, path.name) for path in (disguised, good)]
    photos = PhotoBatches(samples, preprocessing, ListingAugmentation(preprocessing))
    cpu = torch.device("cpu")
    (batch,) = photos.training_batches([np.array([0, 1])], (0, 1, 0), cpu)
    assert batch.rows.tolist() == [1]
    (batch,) = photos.evaluation_batches(2, cpu)
    assert batch.rows.tolist() == [1]
    assert not ghostscript.exists()
