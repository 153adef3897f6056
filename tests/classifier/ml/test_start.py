"""What a worker imports before its first photo."""

import subprocess
import sys
from pathlib import Path

from tests.repository import REPOSITORY

LOAD = """
import sys
from pathlib import Path
from classifier.ml.bundle import load_bundle
from classifier.ml.probe import load_and_probe
from classifier.ml.engines.engine import EngineName
load_and_probe(load_bundle(Path(sys.argv[1])), EngineName.TORCH_FP32)
heavy = {"torchvision", "torch._dynamo", "torch._inductor", "sympy", "scipy", "sklearn"}
print(sorted(heavy & set(sys.modules)))
"""


def test_a_model_starts_without_what_only_training_needs(untrained_bundle: Path) -> None:
    """torch's compiler, torchvision and scipy would take as long to import as torch itself."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD, untrained_bundle],
        capture_output=True, text=True, check=False, cwd=REPOSITORY,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
