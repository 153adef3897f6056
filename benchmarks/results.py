"""Where a benchmark keeps its figures, and what it says of machine and commit beside them."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.repository import REPOSITORY


def path(name: str) -> Path:
    """Return where the figures of a benchmark are kept unless somebody says otherwise."""
    return REPOSITORY / "var" / "benchmarks" / f"{name}.json"


def write(file: Path, figures: Mapping[str, Any]) -> None:
    """Keep figures as JSON, with what they were measured on."""
    file.parent.mkdir(parents=True, exist_ok=True)
    facts = {"at": datetime.now(UTC).isoformat(), "commit": commit(), "machine": machine()}
    file.write_text(json.dumps({**facts, **figures}, indent=1))


def commit() -> str:
    """Return the commit that is checked out; empty outside a repository."""
    command = ["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # git
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """Return processor, cores, memory in GB, and how busy the machine is just now."""
    cpu = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(": ")[2] for line in cpu.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "load": os.getloadavg()[0],
    }
