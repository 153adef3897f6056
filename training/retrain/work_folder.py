"""The folder of one run: each stage's result is whole or absent, so a killed run can go on."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from classifier.ml.manifest import MANIFEST_NAME, Manifest, manifest_as_dict
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
        """The candidate."""
        return self.path / "bundle"

    @property
    def checkpoint(self) -> Path:
        """The training that goes on."""
        return self.path / "checkpoint"

    def load(self, name: str) -> dict[str, Any] | None:
        """Return a stage's result; None if the stage is not done."""
        path = self.path / name
        if not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def save(self, name: str, result: Mapping[str, Any]) -> None:
        """Keep a stage's result: written aside, then renamed."""
        aside = self.path / f"{name}.partial"
        aside.write_text(json.dumps(result, allow_nan=False), encoding="utf-8")
        aside.rename(self.path / name)

    def remove(self) -> None:
        """Delete everything, copies of photos above all."""
        shutil.rmtree(self.path, ignore_errors=True)


def write_manifest(bundle: Path, manifest: Manifest) -> None:
    """Write a bundle's manifest anew, with figures that were not known when it was saved."""
    aside = bundle / f"{MANIFEST_NAME}.partial"
    text = json.dumps(manifest_as_dict(manifest), indent=2, ensure_ascii=False, allow_nan=False)
    aside.write_text(text + "\n", encoding="utf-8")
    aside.rename(bundle / MANIFEST_NAME)
