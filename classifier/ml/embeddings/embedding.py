"""The compact embedding of a photo: its pooled features, projected and rounded to bytes."""

import hashlib
from functools import cache
from typing import Final

import numpy as np
import torch
from torch import Tensor

from classifier.ml.embeddings.similarity import DIMENSIONS
from classifier.ml.network import FEATURES

LARGEST: Final = 127  # of a signed byte


def embed(features: Tensor) -> list[bytes]:
    """Return the embeddings of pooled features (N, 2048): `DIMENSIONS` signed bytes each.

    Each has a scale of its own, which cosines do not see.
    """
    projected = features.float() @ _signs().to(features.device)
    scale = projected.abs().amax(dim=1, keepdim=True).clamp_min(torch.finfo(torch.float32).tiny)
    rounded = (projected / scale * LARGEST).round().to(torch.int8).cpu().numpy()
    return [row.tobytes() for row in rounded]


@cache
def _signs() -> Tensor:
    """Return the random directions, -1 and 1 (2048, `DIMENSIONS`): Achlioptas, 2003.

    From a hash rather than a generator, so that no version of a library changes them.
    """
    bits = hashlib.shake_128(b"embedding").digest(FEATURES * DIMENSIONS // 8)
    signs = 2.0 * np.unpackbits(np.frombuffer(bits, dtype=np.uint8)) - 1.0
    return torch.from_numpy(signs.astype(np.float32).reshape(FEATURES, DIMENSIONS))
