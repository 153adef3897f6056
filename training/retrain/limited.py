"""What a retraining with few base photos would come to: `manage.py retrain --limit N`."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from classifier.photos.receiving.intake import photo_limits
from classifier.versions import registry, storage
from classifier.versions.gate_report import GateReport
from training.data.dataset_rows import DatasetRow, RowSource
from training.gate.rules import rules_of
from training.retrain.candidate.train_candidate import CandidateSpec, train_candidate
from training.retrain.compare import compare_models
from training.retrain.data.collect import collect
from training.retrain.request import RetrainRequest
from training.retrain.run import retraining_folder


def limited_report(request: RetrainRequest, limit: int) -> GateReport:
    """Train on all reviews and few base photos, and return what the gate says; nothing is kept.

    Args:
        limit: base photos of each label in each split, at most; whole products.

    Raises:
        NoChampionError: if there is no model to start from.
        RetrainError: if photos cannot be had, or there are too few.
    """
    champion = registry.champion()
    if champion is None:
        raise registry.NoChampionError
    with tempfile.TemporaryDirectory(prefix="limited-") as name:
        folder = Path(name)
        collected = collect(
            champion, request.photos, copies=folder / "photos", cache=retraining_folder()
        )
        few = replace(collected, rows=limited_rows(collected.rows, limit))
        spec = CandidateSpec(
            name="limited",
            champion=storage.local_folder(champion),
            split=champion.manifest.get("metrics", {}).get("split", {}),
            features=folder / "features",
            checkpoint=folder / "checkpoint",
            output=folder / "trained",
            rules=rules_of(settings),
        )
        train_candidate(few, request, spec)
        return compare_models(
            few, set(), spec.champion, spec.output, photo_limits(), rules_of(settings)
        ).report


def limited_rows(rows: Sequence[DatasetRow], limit: int) -> list[DatasetRow]:
    """Return all reviewed photos and, of each label in each split, few base photos, in order.

    Products are taken whole, in an order that is random and always the same, up to the one that
    reaches the limit.
    """
    taken: Counter[tuple[str, str]] = Counter()
    groups: set[tuple[str, str]] = set()
    base = [row for row in rows if row.source is RowSource.BASE]
    for row in sorted(base, key=lambda row: (_hash(row.group), row.sha256)):
        stratum, product = (row.split, row.sample(Path()).stratum), (row.split, row.group)
        if taken[stratum] < limit or product in groups:
            taken[stratum] += 1
            groups.add(product)
    return [
        row for row in rows
        if row.source is not RowSource.BASE or (row.split, row.group) in groups
    ]  # fmt: skip


def _hash(group: str) -> str:
    return hashlib.sha256(group.encode(errors="surrogateescape")).hexdigest()
