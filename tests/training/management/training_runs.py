"""Command lines of small training runs."""

from pathlib import Path
from typing import Any

SIZE = 32  # pixels: a fiftieth of the usual work
LAYER4: dict[str, Any] = {"epochs": 2, "views": 1, "train_from": "layer4"}


def arguments(photos: Path, backbone: Path, output: Path, cache: Path, **more: Any) -> list[str]:
    """Return the command line of a small training run."""
    named = {
        "photos": photos, "backbone": backbone, "output": output, "cache": cache, "strides": "v1",
        "name": "drawn", "preset": "best", "views": 2, "epochs": 3, "batch-size": 16,
        "train-from": "heads", "split-by": "product", "size": SIZE,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    return [text for name, value in named.items() for text in (f"--{name}", str(value))]
