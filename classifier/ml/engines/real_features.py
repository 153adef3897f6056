"""Features of real photos, on which an engine's errors are tried.

A bundle carries no photos: the terms of their sources do not allow it. It carries features of them.
So an engine runs on drawn pictures, and what it errs by there is put on the features of real
photos, in proportion to their length, of which many lie near a threshold.
"""

import logging
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from classifier.ml.bundle import Bundle
from classifier.ml.manifest import REPLAY_NAME, BundleError, check_replay
from classifier.ml.network import FEATURES

logger = logging.getLogger(__name__)

MOST: Final = 1000


def real_features(bundle: Bundle) -> Tensor | None:
    """Return features of at most `MOST` photos, float32 (N, 2048), evenly drawn from the bundle's.

    None where the bundle carries none, where a machine fetched it without them, and where they
    cannot be used: an engine is then judged by drawn pictures alone.
    """
    if bundle.folder is None or not bundle.manifest.replay_sha256:
        return None
    path = bundle.folder / REPLAY_NAME
    if not path.is_file():
        return None
    try:
        check_replay(bundle.folder, bundle.manifest)
        file = load_file(path)
        codes = file["codes"]
        rows = torch.linspace(0, len(codes) - 1, min(MOST, len(codes))).long()
        # As training reads them: `training.features.replay`.
        features = codes[rows].float() * file["scale"] @ file["basis"].float() + file["mean"]
        if features.shape != (len(rows), FEATURES) or not torch.isfinite(features).all():
            raise ValueError(f"features of shape {tuple(features.shape)}")
    except (BundleError, SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
        logger.warning("Features of real photos are left out of the comparison. %s", error)
        return None
    return features


def with_errors(real: Tensor, reference: Tensor, others: Tensor) -> Tensor:
    """Return real features with what another engine errs by, each of its errors in turn.

    Args:
        real: (N, 2048).
        reference, others: (K, 2048), what the two engines make of the same K drawn pictures.
    """
    turn = torch.arange(len(real)) % len(reference)
    length = real.norm(dim=1) / reference.norm(dim=1)[turn].clamp_min(1e-6)
    shifted: Tensor = real + (others - reference)[turn] * length[:, None]
    return shifted
