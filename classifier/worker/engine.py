"""The engine that the setting ENGINE asks for: a named one, or the fastest on this machine."""

from pathlib import Path
from typing import Final

from django.conf import settings

from classifier.ml.bundle import Bundle
from classifier.ml.engines.choose import fastest_engine
from classifier.ml.engines.engine import EngineName
from classifier.ml.predictor import best_device

RECORD_NAME: Final = "engines.json"


def engine_for(bundle: Bundle) -> EngineName:
    """Return the engine that runs this bundle here; the first time this measures for a moment."""
    if settings.ENGINE != "auto":
        return EngineName(settings.ENGINE)
    record = Path(settings.BUNDLE_CACHE_DIR) / RECORD_NAME
    return fastest_engine(bundle, best_device(), record)
