"""Photos a second on this machine: our Predictor against plain torchvision.

The reference is torchvision's `resnet50` as its documentation shows it: evaluation mode, one photo
a pass, no gradients. Both start from decoded photos, so decoding is not in the figures.
"""

import sys
import time
from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor
from torchvision.models import resnet50

from benchmarks.repository import STARTER
from classifier.ml.bundle import load_bundle
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import normalise

SECONDS: Final = 5.0
PHOTOS: Final = 128


def main() -> None:
    predictor = Predictor(load_bundle(STARTER))
    side = predictor.manifest.preprocessing.size
    photos = list(torch.randint(0, 256, (PHOTOS, 3, side, side), dtype=torch.uint8))
    reference = measure(plain_torchvision(predictor), photos, batch=1)
    _row("on " + predictor.device.type, "photos/s", "ratio")
    _row("torchvision, one by one", f"{reference:.1f}", "1.00")
    for batch in (1, 8, predictor.largest_pass, PHOTOS):
        rate = measure(predictor.predict, photos, batch=batch)
        _row(f"Predictor, {batch} at once", f"{rate:.1f}", f"{rate / reference:.2f}")


def plain_torchvision(predictor: Predictor) -> Callable[[list[Tensor]], object]:
    """Return torchvision's own network as a function of decoded photos."""
    network = resnet50(weights=None).eval().to(predictor.device)

    @torch.no_grad()
    def run(photos: list[Tensor]) -> list[float]:
        pixels = normalise(
            torch.stack(photos).to(predictor.device), predictor.manifest.preprocessing
        )
        # To the CPU, as a result that somebody uses must be; a GPU is otherwise not done yet.
        scores: list[float] = network(pixels.contiguous())[:, 0].cpu().tolist()
        return scores

    return run


def measure(run: Callable[[list[Tensor]], object], photos: list[Tensor], *, batch: int) -> float:
    """Return photos a second over some seconds, after one batch to warm up."""
    run(photos[:batch])
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        run(photos[:batch])
        done += batch
    return done / (time.perf_counter() - start)


def _row(what: str, rate: str, ratio: str) -> None:
    sys.stdout.write(f"{what:<28}{rate:>10}{ratio:>8}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
