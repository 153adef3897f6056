"""The folder of one run: each stage's result is whole or absent, so a killed run can go on."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from classifier.ml.atomic_write import atomic_write
from training.retrain.data.fetch import make_folder

REQUEST: Final = "request.json"


class WorkFolder:
    """Where a run keeps what it has done so far.

    Args:
        path: the folder; made if it is not there.
        request: what decides the outcome. A folder of another request is emptied: what was done
            for that one does not fit.
    """

    def __init__(self, path: Path, request: Mapping[str, Any]) -> None:
        self.path = path
        make_folder(path)
        if self.load(REQUEST) != request:
            shutil.rmtree(path)
            make_folder(path)
            self.save(REQUEST, dict(request))

    @property
    def photos(self) -> Path:
        """Copies of reviewed photos."""
        return self.path / "photos"

    @property
    def bundle(self) -> Path:
        """The candidate with its figures, dataset and page: what is registered."""
        return self.path / "bundle"

    @property
    def trained(self) -> Path:
        """The candidate as training left it, a bundle without figures on test photos."""
        return self.path / "trained"

    @property
    def checkpoint(self) -> Path:
        """The state of an unfinished training."""
        return self.path / "checkpoint"

    def load(self, name: str) -> dict[str, Any] | None:
        """Return a stage's result; None if the stage is not done."""
        path = self.path / name
        if not path.is_file():
            return None
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return result

    def save(self, name: str, result: Mapping[str, Any]) -> None:
        """Keep a stage's result."""
        atomic_write(self.path / name, json.dumps(result, allow_nan=False))

    def remove(self) -> None:
        """Delete everything, copies of photos above all."""
        shutil.rmtree(self.path, ignore_errors=True)
