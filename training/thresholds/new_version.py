"""A new version of the same weights: other thresholds, its own figures, the gate's verdict."""

import json
import logging
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from classifier.decision import Thresholds
from classifier.ml.figures_mark import marked
from classifier.ml.manifest import (
    DATASET_NAME,
    HELD_OUT_NAME,
    MANIFEST_NAME,
    REPLAY_NAME,
    WEIGHTS_NAME,
    Manifest,
    manifest_as_dict,
    read_manifest,
)
from classifier.models import DatasetReview, ModelVersion, Promotion
from classifier.versions import promotion, registry, storage
from classifier.versions.gate_report import GateReport, TestCounts
from training.calibration.held_out_scores import HeldOutScores, photos_hash
from training.calibration.promise import Promise, Promised
from training.evaluation.figures import evaluate
from training.gate.rules import rules_of
from training.gate.score_models import PairedScores
from training.thresholds.decided import decided

logger = logging.getLogger(__name__)


def make_version(
    *, version: ModelVersion, name: str, promised: Promised, held_out: HeldOutScores, promote: bool
) -> ModelVersion:
    """Register a version with the promised thresholds, beside its parent; all or nothing.

    The gate compares it with its parent on the same test photos, and its report is kept with the
    new version. Against the gate's advice it stays a candidate: the weights are known, and whoever
    asked for these thresholds may want what the gate counts as a loss.

    Args:
        version: the parent, whose weights and held-out scores they are.
        name: of the new version, never used before.
        promised: the thresholds, and what they were chosen by.
        held_out: the parent's held-out scores.
        promote: make it the champion if the gate allows it; the parent must be the champion.

    Raises:
        RegistryError: if the name is taken or makes no sense, or the parent is not the champion.
        BundleError: if the parent's bundle cannot be used.
    """
    if promote and registry.champion() != version:
        raise registry.RegistryError(
            f"{version} is not in production, so thresholds that were compared with its own cannot "
            f"be promoted. Promote {version} first, or leave out --promote."
        )
    if ModelVersion.objects.filter(name=name).exists():
        raise registry.RegistryError(
            f"A version is registered as {name} already. Names are never used twice: give another "
            "one with --name."
        )
    local = storage.local_folder(version)
    before = read_manifest(local)
    report = _compared(before, name, promised.thresholds, held_out.reporting)
    with tempfile.TemporaryDirectory(prefix="thresholds-") as folder:
        bundle = Path(folder) / "bundle"
        bundle.mkdir()
        shutil.copyfile(local / WEIGHTS_NAME, bundle / WEIGHTS_NAME)
        _write_manifest(bundle, _manifest(before, name, promised, held_out, report.figures))
        _copy_extras(version, bundle)
        return _register(bundle, version, report, promote=promote)


def _compared(
    before: Manifest, name: str, thresholds: Thresholds, tested: HeldOutScores
) -> GateReport:
    """Return the gate's report on both sets of thresholds, on the same test photos."""
    paired = PairedScores(
        decided(tested, before.thresholds),
        decided(tested, thresholds),
        list(range(len(tested))),
    )
    rules = rules_of(settings)
    figures = paired.figures(before.thresholds, thresholds, rules.mix)
    return replace(
        paired.gate(rules),
        champion=before.name,
        candidate=name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        photos=TestCounts(**figures["candidate"]["photos"]),
        photos_sha256=photos_hash(str(photo) for photo in tested.photo),
        figures=figures,
    )


def _manifest(
    before: Manifest, name: str, promised: Promised, held_out: HeldOutScores, figures: Any
) -> Manifest:
    """Return what the new bundle says of itself; none of its figures is of the old thresholds."""
    chosen, mix = held_out.choosing, promised.promise.mix
    metrics = {
        "split": before.metrics.get("split", {}),
        "promise": promised.as_dict(),
        "validation": evaluate(chosen.scores, chosen.truth, promised.thresholds, mix).as_dict(),
        "test": figures["candidate"],
    }
    return marked(
        replace(
            before,
            name=name,
            parent=before.name,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            thresholds=promised.thresholds,
            metrics=metrics,
        )
    )


def _write_manifest(bundle: Path, manifest: Manifest) -> None:
    text = json.dumps(manifest_as_dict(manifest), indent=2, ensure_ascii=False, allow_nan=False)
    (bundle / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")


def _copy_extras(version: ModelVersion, bundle: Path) -> None:
    """Copy what is as true of the new version; the parent's report is not."""
    for name in (DATASET_NAME, HELD_OUT_NAME, REPLAY_NAME):
        file = storage.open_extra(version, name)
        if file is not None:
            with file, (bundle / name).open("wb") as copy:
                shutil.copyfileobj(file, copy)


def _register(
    bundle: Path, parent: ModelVersion, report: GateReport, *, promote: bool
) -> ModelVersion:
    with transaction.atomic():
        version = registry.register(folder=bundle, parent=parent)
        # It learned from the same reviews; else all of them would count as new again.
        DatasetReview.objects.bulk_create(
            [
                DatasetReview(
                    version=version, review_id=row.review_id, sha256=row.sha256, split=row.split,
                    weight=row.weight,
                )
                for row in DatasetReview.objects.filter(version=parent).iterator(chunk_size=5000)
            ],
            batch_size=1000,
        )  # fmt: skip
        promotion.record_gate_report(version=version, gate=report.to_dict(), rejected=False)
        if promote and report.promote:
            promotion.promote(version=version, trigger=Promotion.Trigger.GATE, instead_of=parent)
    return version


def free_name(version: ModelVersion, promise: Promise) -> str:
    """Return a name that says what is promised and is not taken."""
    risks = sorted(set(promise.by_main.values()) or {promise.risk})
    suffix = "-".join(f"{100 * risk:g}" for risk in risks)
    name = f"{version.name[:70]}-promise-{suffix}".replace(".", "_")
    taken = set(ModelVersion.objects.filter(name__startswith=name).values_list("name", flat=True))
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(new for new in numbered if new not in taken)
