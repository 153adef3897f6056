"""Processor time of the network for each engine of this machine, against torch in full precision.

One pass of 16 decoded photos with the starter model. `python -m benchmarks.engines`.
"""

import sys
import time
from statistics import median
from typing import Final

import torch

from benchmarks.repository import STARTER
from classifier.ml.bundle import load_bundle
from classifier.ml.engines.choose import engines_here
from classifier.ml.predictor import Predictor, best_device

PHOTOS: Final = 16
RUNS: Final = 5


def main() -> None:
    bundle, device = load_bundle(STARTER), best_device()
    side = bundle.manifest.preprocessing.size
    photos = list(torch.randint(0, 256, (PHOTOS, 3, side, side), dtype=torch.uint8))
    reference: float | None = None
    _row("engine", "ms a photo", "processor ms", "ratio")
    for name in engines_here(device):
        wall, processor = measure(Predictor(bundle, device, name), photos)
        reference = reference or processor
        _row(name, f"{wall:.1f}", f"{processor:.1f}", f"{processor / reference:.2f}")


def measure(predictor: Predictor, photos: list[torch.Tensor]) -> tuple[float, float]:
    """Return the medians of wall and processor time, in milliseconds a photo."""
    predictor.predict(photos)
    walls, processors = [], []
    for _ in range(RUNS):
        wall, processor = time.perf_counter(), time.process_time()
        predictor.predict(photos)
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return 1000 * median(walls) / len(photos), 1000 * median(processors) / len(photos)


def _row(name: str, *cells: str) -> None:
    sys.stdout.write(f"{name:<24}" + "".join(f"{cell:>14}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
