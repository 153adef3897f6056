"""Virtual environments of packages that only a benchmark needs, installed on first use."""

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from benchmarks import results


def python_with(name: str, packages: Sequence[str]) -> Path:
    """Return the Python of a virtual environment that has these packages and all of ours."""
    folder = results.path(name).with_suffix("")
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder))
        inside = f"lib/python3.{sys.version_info.minor}/site-packages/product.pth"
        # So that it runs the same torch, which need not be fetched again.
        (folder / inside).write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        _run(str(python), "-m", "pip", "install", "--quiet", *packages)
        done.touch()
    return python


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603  # our own commands
