"""What a bundle's figures were measured with, so that old figures never stand beside new rules.

The mark is a hash of the weights, the temperatures, the thresholds, the preprocessing and the
photos. It is kept among the metrics (``mark``) when a bundle is written. Thresholds that were
changed by hand afterwards give another hash, and then the figures are not shown.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from classifier.ml.manifest import Manifest, manifest_as_dict

MARK: Final = "mark"
# What figures depend on, by its name in ``bundle.json``.
MEASURED_WITH: Final = (
    "weights_sha256", "temperature", "thresholds", "preprocessing", "dataset_fingerprint",
)  # fmt: skip


class Standing(StrEnum):
    """Whether a bundle's figures are its own."""

    OWN = "own"
    CHANGED = "changed"  # measured with other thresholds, weights or photos
    UNMARKED = "unmarked"  # written by a release that kept no mark; nobody can tell


WHY_NOT: Final[Mapping[Standing, str]] = {
    Standing.OWN: "",
    Standing.CHANGED: (
        "No figures are shown: the thresholds of this bundle, or what else decides its tags, were "
        "changed after its figures were measured. Measure it again with manage.py evaluate, or "
        "let manage.py thresholds make a new version with figures of its own."
    ),
    Standing.UNMARKED: (
        "This bundle does not say what its figures were measured with, as bundles of older "
        "releases do not, so nobody can tell whether its thresholds were changed since."
    ),
}


def marked(manifest: Manifest) -> Manifest:
    """Return the manifest with a mark beside its figures; unchanged where it has no figures."""
    if "test" not in manifest.metrics:
        return manifest
    metrics = {**manifest.metrics, MARK: hash_of(manifest_as_dict(manifest))}
    return dataclasses.replace(manifest, metrics=metrics)


def standing_of(document: Mapping[str, Any]) -> Standing:
    """Return whether the figures in a ``bundle.json`` are its own.

    Args:
        document: what `manifest_as_dict` returns, also after a way through a database.
    """
    metrics = document.get("metrics")
    mark = metrics.get(MARK) if isinstance(metrics, Mapping) else None
    if mark is None:
        return Standing.UNMARKED
    return Standing.OWN if mark == hash_of(document) else Standing.CHANGED


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what figures were measured with: weights, thresholds, preprocessing."""
    measured = {name: _plain(document.get(name)) for name in MEASURED_WITH}
    return hashlib.sha256(json.dumps(measured, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value as it is after any way through JSON: 1 and 1.0, lists and tuples are equal."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, int | float):
        return f"{float(value):.9g}"
    return value
