"""Candidates as a retraining leaves them: compared by the gate, with figures and a report."""

from typing import Any

from django.core.files.base import ContentFile

from classifier.models import ModelVersion
from classifier.versions import storage

CHAMPION_FIGURES = {
    "overall_accuracy": 0.94,
    "sub_accuracy": 0.95,
    "coverage": 0.90,
    "wrong_tag_rate": 0.020,
    "others_rejected": 0.93,
    "sub_calibration_error": 0.033,
}
CANDIDATE_FIGURES = {
    "overall_accuracy": 0.952,
    "sub_accuracy": 0.95,
    "coverage": 0.88,
    "wrong_tag_rate": 0.014,
    "others_rejected": 0.93,
    "sub_calibration_error": 0.041,
}
BROKEN = {
    "name": "recall of Clutches",
    "kind": "must",
    "champion": 0.9,
    "candidate": 0.78,
    "difference": -0.12,
    "interval": [-0.2, -0.04],
    "p_value": 0.01,
    "bound": "not below -0.1",
    "passed": False,
    "sentence": "Recall of Clutches fell from 90.0 % to 78.0 % on 50 photos.",
}
BETTER = {
    "name": "overall accuracy",
    "kind": "gain",
    "champion": 0.94,
    "candidate": 0.952,
    "difference": 0.012,
    "interval": [0.002, 0.022],
    "p_value": 0.03,
    "bound": "above 0",
    "passed": True,
    "sentence": "Overall accuracy rose from 94.0 % to 95.2 %.",
}
REPORT = "<!doctype html><title>Report</title><p>Confusion of the candidate"


def gate_report(champion: str, candidate: str, *, promote: bool = False) -> dict[str, Any]:
    """Return a report in the gate's form."""
    return {
        "verdict": "promote" if promote else "reject",
        "summary": "Better in overall accuracy." if promote else "Rejected because of Clutches.",
        "champion": champion,
        "candidate": candidate,
        "made_at": "2026-03-01T12:20:00+00:00",
        "photos": {"items": 626, "near": 169, "others": 228, "reviewed": 212},
        "criteria": [BETTER] if promote else [BROKEN, BETTER],
        "figures": {"champion": CHAMPION_FIGURES, "candidate": CANDIDATE_FIGURES},
    }


def a_candidate(champion: ModelVersion, name: str = "candidate", **changes: Any) -> ModelVersion:
    """Return a version with the champion's weights, compared with it, its files in the storage."""
    facts = {
        "weights_sha256": champion.weights_sha256,
        "manifest": champion.manifest,
        "parent": champion,
        "gate": gate_report(champion.name, name, promote=True),
    }
    version = ModelVersion.objects.create(name=name, **(facts | changes))
    files = storage.bundle_storage()
    for file_name in ("bundle.json", "weights.safetensors"):
        with files.open(f"{champion.name}/{file_name}") as file:
            files.save(f"{name}/{file_name}", file)
    files.save(f"{name}/report.html", ContentFile(REPORT.encode()))
    return version
