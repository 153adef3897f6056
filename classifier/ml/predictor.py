"""Predictor: photos in, scores out, as fast as the machine allows."""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Final, NamedTuple

import torch
from torch import Tensor

from classifier.decision import Scores
from classifier.ml.bundle import Bundle
from classifier.ml.embeddings.embedding import embed
from classifier.ml.engines.engine import EngineName
from classifier.ml.engines.make import make_engine
from classifier.ml.passes import passes
from classifier.ml.preprocessing import normalise, stacked, to_tensor
from classifier.ml.probabilities import LogitArrays, probabilities

# Larger passes gain nothing: a GPU is full at about 128, and on a CPU the activations of more
# than 16 photos no longer fit the caches.
LARGEST_PASS: Final = {"cuda": 128, "cpu": 16}


def best_device() -> torch.device:
    """Return the GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Prediction(NamedTuple):
    """What the network makes of one photo: its scores, and how it looks to it."""

    scores: Scores
    embedding: bytes


class Predictor:
    """A bundle on a device, ready to score photos. Safe to share between threads.

    `prepare` decodes one photo and may run in many threads at once; passes of the network run in
    threads of their own (`classifier.ml.passes`).

    Args:
        device: the GPU where there is one, else the CPU, unless it is named.
        engine: what runs the backbone; torch unless it is named
            (`classifier.ml.engines.choose` finds the fastest).

    Raises:
        EngineError: if that engine cannot run here.
    """

    def __init__(
        self,
        bundle: Bundle,
        device: torch.device | None = None,
        engine: EngineName | None = None,
    ) -> None:
        self.manifest = bundle.manifest
        self.device = device or best_device()
        self.network = bundle.network.eval()
        self.network.to(self.device)
        self._engine = make_engine(
            self.network.backbone, self.device, engine, side=self.manifest.preprocessing.size
        )
        self._turn: AbstractContextManager[object] = (
            nullcontext() if self._engine.shared else threading.Lock()
        )
        self.largest_pass = LARGEST_PASS[self.device.type]

    @property
    def engine(self) -> EngineName:
        """What runs the backbone."""
        return self._engine.name

    def prepare(self, data: bytes) -> Tensor:
        """Return a photo's bytes as uint8 (3, size, size).

        Raises:
            UnreadablePhotoError: if the bytes cannot be decoded.
        """
        return to_tensor(data, self.manifest.preprocessing)

    def predict(self, photos: Sequence[Tensor]) -> list[Scores]:
        """Score prepared photos, in order; any number of them."""
        return [prediction.scores for prediction in self.predict_and_embed(photos)]

    def predict_and_embed(self, photos: Sequence[Tensor]) -> list[Prediction]:
        """Return scores and embedding of prepared photos, in order; any number of them."""
        predictions: list[Prediction] = []
        with self._turn:
            start = 0
            while start < len(photos):
                chunk = photos[start : start + self.largest_pass]
                try:
                    predictions += passes.run(partial(self._pass, chunk))
                except torch.OutOfMemoryError:
                    if self.largest_pass == 1:
                        raise
                    # Something else holds part of the device's memory: go on in smaller steps.
                    torch.cuda.empty_cache()
                    self.largest_pass //= 2
                    continue
                start += len(chunk)
        return predictions

    def features(self, photos: Sequence[Tensor]) -> Tensor:
        """Return what the engine makes of prepared photos, (N, 2048); one pass, so not too many."""
        with self._turn:
            return passes.run(partial(self._features, photos))

    def scores_of(self, features: Tensor) -> list[Scores]:
        """Score features (N, 2048) that lie on this device."""
        with torch.inference_mode():
            logits = LogitArrays.of([self.network.classify_features(features)])
        return probabilities(logits, self.manifest.temperature).as_scores()

    def _pass(self, photos: Sequence[Tensor]) -> list[Prediction]:
        features = self._features(photos)
        pairs = zip(self.scores_of(features), embed(features), strict=True)
        return [Prediction(*pair) for pair in pairs]

    def _features(self, photos: Sequence[Tensor]) -> Tensor:
        pixels = normalise(stacked(photos).to(self.device), self.manifest.preprocessing)
        return self._engine.features(pixels)
