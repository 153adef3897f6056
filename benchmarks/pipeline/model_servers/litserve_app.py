"""LitServe with batches of 16 at most, in a process a core."""

import os
import sys
from pathlib import Path
from typing import Any

import litserve
import torch
from fastapi import UploadFile

from benchmarks.pipeline.plain import as_json, pixels_of, tags_of
from classifier.ml.bundle import load_bundle


class Tagger(litserve.LitAPI):  # type: ignore[misc]  # LitServe is not installed here
    def setup(self, device: str) -> None:  # noqa: ARG002  # LitServe's form
        torch.set_num_threads(1)
        self.bundle = load_bundle(Path("bundles/starter"))

    def decode_request(self, request: UploadFile) -> Any:
        return pixels_of(request.file.read(), self.bundle)

    def batch(self, inputs: list[Any]) -> list[Any]:
        return inputs

    def predict(self, x: list[Any]) -> list[Any]:
        return [as_json(*tag) for tag in tags_of(x, self.bundle)]

    def unbatch(self, output: list[Any]) -> list[Any]:
        return output

    def encode_response(self, output: Any) -> Any:
        return output


if __name__ == "__main__":
    server = litserve.LitServer(
        Tagger(max_batch_size=16, batch_timeout=0.02),
        accelerator="cpu",
        workers_per_device=os.cpu_count() or 1,
        timeout=600,
    )
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
