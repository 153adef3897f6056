"""Keeps a benchmark's figures as JSON, with the machine and the commit that they belong to."""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import torch

from classifier.ml.atomic_write import atomic_write
from classifier.ml.engines.processor import has_bfloat16, model_name

REPOSITORY: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = REPOSITORY / "var" / "benchmarks"


def write_record(document: dict[str, Any]) -> Path:
    """Write ``var/benchmarks/NAME.json`` for ``document["benchmark"]``; return its path."""
    path = FOLDER / f"{document['benchmark']}.json"
    whole = {**document, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), **about()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    atomic_write(path, json.dumps(whole, indent=2) + "\n")
    return path


def about() -> dict[str, Any]:
    """Return what a figure must name: the machine, how busy others keep it, the commit."""
    load = os.getloadavg()[2]
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "machine": {
            "processor": model_name(),
            "cores": os.cpu_count(),
            "bfloat16": has_bfloat16(),
            "gpu": gpu,
            "load_of_15_minutes": round(load, 1),
        },
        "commit": _commit(),
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(  # noqa: S603  # our own command
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
