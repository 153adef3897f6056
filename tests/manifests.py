"""What bundles of the tests say of themselves."""

from typing import Any

from classifier.ml.manifest import Manifest


def a_manifest(**changes: Any) -> Manifest:
    """Return a valid manifest; hash and stride placement are filled in on saving."""
    facts: dict[str, Any] = {
        "name": "a-model",
        "created_at": "2026-01-02T03:04:05Z",
        "stride_placement": "v1.5",
        "weights_sha256": "",
        "dataset_fingerprint": "none",
    }
    return Manifest(**(facts | changes))
