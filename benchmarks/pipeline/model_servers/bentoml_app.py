"""BentoML with batches of 16 at most, in a process a core."""

import os
from pathlib import Path
from typing import Any

import bentoml
import torch

from benchmarks.pipeline.plain import as_json, pixels_of, tags_of
from classifier.ml.bundle import load_bundle


@bentoml.service(workers=os.cpu_count() or 1, traffic={"timeout": 600})
class Tagger:
    def __init__(self) -> None:
        torch.set_num_threads(1)
        self.bundle = load_bundle(Path("bundles/starter"))

    @bentoml.api(batchable=True, max_batch_size=16, max_latency_ms=600_000)
    def predict(self, photos: list[Path]) -> list[dict[str, Any]]:
        pixels = [pixels_of(photo.read_bytes(), self.bundle) for photo in photos]
        return [as_json(*tag) for tag in tags_of(pixels, self.bundle)]
