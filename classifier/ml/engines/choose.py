"""Which engine runs a bundle fastest on this very machine, with the same decisions.

Every engine that works here scores the same drawn pictures. One whose scores differ from torch's
in full precision is left out, and so is one whose errors on them would change decisions on real
photos (`classifier.ml.engines.real_features`); of the rest the fastest wins. The choice is written
down, so that the next start need not measure again.
"""

import json
import logging
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from classifier.decision import Scores, decide
from classifier.ml.atomic_write import atomic_write
from classifier.ml.bundle import Bundle
from classifier.ml.engines.engine import EngineError, EngineName
from classifier.ml.engines.pictures import drawn_pictures
from classifier.ml.engines.processor import has_bfloat16, model_name
from classifier.ml.engines.real_features import real_features, with_errors
from classifier.ml.passes import CORES
from classifier.ml.predictor import Predictor

logger = logging.getLogger(__name__)

# What two engines may differ by in the confidence of the main class.
TOLERANCE: Final = 0.02
# Of real photos, so many decisions must be equal.
EQUAL_SHARE: Final = 0.995
# How many pictures are scored at once while measuring.
BATCH: Final = 8
# On a machine that is busy with other things, no further engine is tried after so many seconds.
ENOUGH_SECONDS: Final = 8.0
# Another engine must be faster by this factor to be worth its dependency.
WORTHWHILE: Final = 1.05
# So many choices are kept, the newest ones.
KEPT: Final = 8


def engines_here(device: torch.device) -> list[EngineName]:
    """Return the engines that may run on this device, the reference first."""
    if device.type != "cpu":
        return [EngineName.TORCH_FP16]
    names = [EngineName.TORCH_FP32]
    if has_bfloat16():
        names.append(EngineName.TORCH_BF16)
    if _installed("openvino") is not None:
        names.append(EngineName.OPENVINO_F32)
        if has_bfloat16():
            names.append(EngineName.OPENVINO_BF16)
    if _installed("onnxruntime") is not None and _installed("onnx") is not None:
        names.append(EngineName.ONNXRUNTIME_F32)
    return names


def fastest_engine(bundle: Bundle, device: torch.device, record: Path | None) -> EngineName:
    """Return the fastest engine for a bundle, measured now or written down before.

    Args:
        record: the JSON file where choices are kept; ``None`` measures each time.
    """
    names = engines_here(device)
    if len(names) == 1:
        return names[0]
    key = _key(bundle, names)
    known = _read(record).get(key)
    if known in names:
        return EngineName(known)
    chosen = _measure(bundle, device, names)
    if record is not None:
        _write(record, key, chosen)
    return chosen


def _measure(bundle: Bundle, device: torch.device, names: Sequence[EngineName]) -> EngineName:
    start = time.monotonic()
    reference = Predictor(bundle, device, names[0])
    photos = [reference.prepare(picture) for picture in drawn_pictures(BATCH)]
    real = RealPhotos(bundle, reference, photos)
    expected = reference.predict(photos)
    chosen, best = names[0], _seconds(reference, photos)
    logger.info("Engine %s: %.1f ms a photo.", chosen, 1000 * best)
    for name in names[1:]:
        if time.monotonic() - start > ENOUGH_SECONDS:
            logger.warning("This machine is busy; engine %s was not measured.", name)
            continue
        try:
            predictor = Predictor(bundle, device, name)
            scores = predictor.predict(photos)
        # What engines raise where this processor cannot run the network so.
        except (EngineError, RuntimeError, ValueError) as error:
            logger.warning("Engine %s does not work here and is left out: %s", name, error)
            continue
        if not (same_decisions(bundle, expected, scores) and real.bear(predictor)):
            logger.warning("Engine %s decides otherwise than %s and is left out.", name, names[0])
            continue
        seconds = _seconds(predictor, photos)
        logger.info("Engine %s: %.1f ms a photo.", name, 1000 * seconds)
        if seconds * WORTHWHILE < best:
            chosen, best = name, seconds
    logger.info("Engine %s runs %s here.", chosen, bundle.manifest.name)
    return chosen


class RealPhotos:
    """Whether decisions on real photos bear an engine's errors; any do where a bundle has none.

    Args:
        reference: the engine that others are compared with.
        drawn: pictures that each engine runs on.
    """

    def __init__(self, bundle: Bundle, reference: Predictor, drawn: Sequence[Tensor]) -> None:
        self._bundle, self._reference, self._drawn = bundle, reference, drawn
        self._real = real_features(bundle)
        self._of_drawn = reference.features(drawn)
        self._expected = [] if self._real is None else reference.scores_of(self._real)

    def bear(self, engine: Predictor) -> bool:
        """Return whether decisions stay equal with what this engine errs by."""
        if self._real is None:
            return True
        shifted = with_errors(self._real, self._of_drawn, engine.features(self._drawn))
        scores = self._reference.scores_of(shifted)
        return same_decisions(self._bundle, self._expected, scores, share=EQUAL_SHARE)


def same_decisions(
    bundle: Bundle, ones: Sequence[Scores], others: Sequence[Scores], *, share: float = 1.0
) -> bool:
    """Return whether two engines decide alike, with main confidences within `TOLERANCE`.

    Args:
        share: of the photos, so many decisions must be equal; the confidences of all must be near.
    """
    thresholds, equal = bundle.manifest.thresholds, 0
    for one, other in zip(ones, others, strict=True):
        first, second = decide(one, thresholds), decide(other, thresholds)
        equal += (first.outcome, first.main, first.sub) == (
            second.outcome, second.main, second.sub,
        )  # fmt: skip
        if max(abs(one.main[name] - other.main[name]) for name in one.main) > TOLERANCE:
            return False
    return equal >= share * len(ones)


def _seconds(predictor: Predictor, photos: Sequence[Tensor]) -> float:
    """Return the seconds a photo of one pass; passes before have warmed the engine up."""
    start = time.perf_counter()
    predictor.predict(photos)
    return (time.perf_counter() - start) / len(photos)


def _key(bundle: Bundle, names: Sequence[EngineName]) -> str:
    """Name all that a choice rests on; whatever changes, the next start measures anew."""
    parts = (
        bundle.manifest.weights_sha256, model_name(), str(CORES),
        torch.__version__, _installed("openvino") or "-", _installed("onnxruntime") or "-", *names,
    )  # fmt: skip
    return " ".join(parts)


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _read(record: Path | None) -> dict[str, str]:
    if record is None:
        return {}
    try:
        choices = json.loads(record.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        logger.warning("%s cannot be read (%s); engines are measured again.", record, error)
        return {}
    return choices if isinstance(choices, dict) else {}


def _write(record: Path, key: str, chosen: EngineName) -> None:
    """Keep a choice; a folder that cannot be written costs the next start a second, no more."""
    choices = {**_read(record), key: str(chosen)}
    text = json.dumps(dict(list(choices.items())[-KEPT:]), indent=2)
    try:
        atomic_write(record, text + "\n")
    except OSError as error:
        logger.warning("The choice of an engine could not be kept in %s: %s", record, error)
