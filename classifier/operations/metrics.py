"""Figures for Prometheus, read from the database at each scrape.

Every process works on the same database, so its rows say more than counters in each process would.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Avg, Count, F, Max
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from classifier.models import (
    Canary,
    DeletedPhoto,
    Heartbeat,
    ListingPhoto,
    ModelVersion,
    QueueItem,
    RetrainRun,
)
from classifier.models.queries.row_counts import count_or_estimate
from classifier.operations import alarms, heartbeat
from classifier.operations.checks import find_all
from classifier.operations.stages import histograms
from classifier.review.quality import accuracy
from classifier.tagging import queue

Status = ListingPhoto.Status
HOUR: Final = timedelta(hours=1)
PREFIX: Final = "slowfashion_"


class DatabaseCollector(Collector):
    """Reads all figures; while the database is away, only that it is."""

    def collect(self) -> Iterator[Metric]:
        findings = find_all()
        yield _family("check_ok", "1: well. 0: something is wrong.", ["check"], [
            ([finding.name], float(finding.is_well)) for finding in findings
        ])  # fmt: skip
        if not findings[0].is_well:  # the database
            return
        yield from _photos()
        yield from _tags()
        yield from _processes()
        yield from _reviews_and_models()


def _family(
    name: str, says: str, labels: list[str], samples: list[tuple[list[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, says, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def _one(name: str, says: str, value: float) -> GaugeMetricFamily:
    return _family(name, says, [], [([], value)])


def _photos() -> Iterator[GaugeMetricFamily]:
    pending = ListingPhoto.objects.filter(status=Status.PENDING)
    oldest = queue.oldest_pending()
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    waiting = count_or_estimate(pending)
    yield _one("photos_pending", "Photos that wait for a tag; an estimate above 5,000.", waiting)
    yield _one("photos_pending_oldest_seconds", "Age of the photo that waits longest.", age)
    failed = ListingPhoto.objects.filter(status=Status.FAILED, created_at__gte=_since(24))
    reasons = failed.values("error").annotate(count=Count("pk")).order_by("-count")[:20]
    yield _family("photos_failed_day", "Photos of the last day that failed.", ["reason"], [
        ([row["error"][:120]], row["count"]) for row in reasons
    ])  # fmt: skip
    waiting = count_or_estimate(DeletedPhoto.objects.all())
    yield _one("files_to_remove", "Deleted photos whose files are to be removed.", waiting)


def _tags() -> Iterator[GaugeMetricFamily]:
    recent = ListingPhoto.objects.filter(status=Status.CLASSIFIED, classified_at__gte=_since(1))
    rows = recent.values("outcome", "model_version__name").annotate(count=Count("pk"))
    yield _family("tags_hour", "Tags of the last hour.", ["outcome", "version"], [
        ([row["outcome"] or "", row["model_version__name"]], row["count"])
        for row in rows.order_by()
    ])  # fmt: skip
    way = F("classified_at") - F("created_at")
    took = recent.filter(created_at__gte=_since(1)).aggregate(mean=Avg(way), longest=Max(way))
    yield _family("upload_to_tag_seconds", "Of the photos of the last hour.", ["of"], [
        ([name], value.total_seconds()) for name, value in took.items() if value is not None
    ])  # fmt: skip
    last = Canary.objects.filter(tagged_at__isnull=False).first()
    if last is not None and last.tagged_at is not None:
        seconds = (last.tagged_at - last.sent_at).total_seconds()
        yield _one("canary_seconds", "From sending the last test photo to its tag.", seconds)


def _processes() -> Iterator[Metric]:
    now = timezone.now()
    rows = [row for row in Heartbeat.objects.all() if heartbeat.is_fresh(row, now=now)]
    yield _family("processes", "Processes that are alive.", ["kind"], [
        ([kind], sum(row.kind == kind for row in rows))
        for kind in Heartbeat.Kind.values
    ])  # fmt: skip
    workers = [row for row in rows if row.kind == Heartbeat.Kind.WORKER]
    yield from histograms(PREFIX + "stage_seconds", workers)
    yield _family("photos_a_minute", "Of each worker.", ["worker", "model", "engine", "device"], [
        ([row.name, row.model, row.engine, row.device], row.photos_a_minute)
        for row in workers
    ])  # fmt: skip


def _reviews_and_models() -> Iterator[GaugeMetricFamily]:
    waiting = count_or_estimate(QueueItem.objects.filter(is_open=True))
    yield _one("reviews_waiting", "Photos in the review queue; estimated above 5,000.", waiting)
    champion = ModelVersion.objects.champions().first()
    share = accuracy.unbiased_accuracy(of=champion) if champion else None
    if share is not None:
        yield _one("tags_wrong_share", "Estimate for the champion, 0 to 1.", 1 - share.value)
    untold = alarms.untold().count()
    yield _one("webhooks_waiting", "Alarms whose webhook or mail is still to be sent.", untold)
    running = RetrainRun.objects.filter(finished_at=None).count()
    yield _one("retrainings_unfinished", "Retrainings that wait or run.", running)


def _since(hours: int) -> datetime:
    return timezone.now() - hours * HOUR
