"""The end of a retraining: everything about the candidate becomes visible at once."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import transaction

from classifier.models import DatasetReview, ModelVersion, Promotion, RetrainRun
from classifier.retraining import Lease
from classifier.versions import promotion, registry
from classifier.versions.gate_report import GateReport
from classifier.versions.promotion import ChampionChangedError
from training.data.dataset_rows import RowSource
from training.retrain.data.collect import Collected

logger = logging.getLogger(__name__)
ALWAYS: Final = "The retraining was started with --promote always."
Policy, Verdict = RetrainRun.Policy, RetrainRun.Verdict


@dataclass(frozen=True, slots=True)
class Finished:
    """A candidate that was trained and judged.

    Attributes:
        bundle: its folder.
        collected: what it was made from.
        report: the gate's.
        champion: the version it started from and was compared with.
        new_reviews: how many reviews were new to that one.
    """

    bundle: Path
    collected: Collected
    report: GateReport
    champion: ModelVersion
    new_reviews: int


def register_candidate(*, lease: Lease, finished: Finished) -> None:
    """Register the candidate, keep the gate's report, and promote it if it may; all or nothing.

    Where another version became champion meanwhile, the candidate is kept and not promoted: nobody
    compared it with that one.

    Raises:
        LeaseLostError: if another process took the run over; nothing is changed then.
        RegistryError, BundleError: if the bundle cannot be registered.
    """
    verdict = _verdict(lease.run.policy, passed=finished.report.promote)
    try:
        _store(lease, finished, verdict, finished.report.summary)
    except ChampionChangedError as error:
        logger.warning("%s", error)
        _store(lease, finished, Verdict.KEPT, f"{finished.report.summary} {error}")


def _verdict(policy: str, *, passed: bool) -> RetrainRun.Verdict:
    if policy == Policy.ALWAYS or (passed and policy == Policy.GATE):
        return Verdict.PROMOTED
    return Verdict.KEPT if passed else Verdict.REJECTED


def _store(lease: Lease, finished: Finished, verdict: RetrainRun.Verdict, message: str) -> None:
    with transaction.atomic():
        version = registry.register(folder=finished.bundle, parent=finished.champion)
        DatasetReview.objects.bulk_create(
            list(_dataset(version, finished.collected)), ignore_conflicts=True, batch_size=1000
        )
        promotion.record_gate_report(
            version=version,
            gate=finished.report.to_dict(),
            rejected=verdict == Verdict.REJECTED,
        )
        if verdict == Verdict.PROMOTED:
            promotion.promote(
                version=version,
                by=lease.run.requested_by,
                trigger=Promotion.Trigger.GATE,
                instead_of=finished.champion,
                reason="" if finished.report.promote else ALWAYS,
            )
        lease.finish(
            verdict=verdict, message=message, candidate=version, new_reviews=finished.new_reviews
        )


def _dataset(version: ModelVersion, collected: Collected) -> Iterator[DatasetReview]:
    for row in collected.rows:
        if row.source is RowSource.REVIEW and row.review is not None:
            for review in (row.review, *collected.more_reviews.get(row.sha256, ())):
                yield DatasetReview(
                    version=version,
                    review_id=review,
                    sha256=row.sha256,
                    split=row.split,
                    weight=row.weight,
                )
