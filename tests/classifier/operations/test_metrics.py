"""What `/metrics` says of stages and of messages that wait."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from classifier.models import Alarm, Heartbeat
from classifier.operations import alarms, heartbeat
from classifier.operations.metrics import DatabaseCollector
from classifier.worker.stage_times import StageTimes

pytestmark = pytest.mark.django_db


def scraped() -> list[str]:
    registry = CollectorRegistry()
    registry.register(DatabaseCollector())
    return generate_latest(registry).decode().splitlines()


def values(lines: list[str], name: str, *labels: str) -> list[float]:
    return [
        float(line.rsplit(" ", 1)[1])
        for line in lines
        if line.startswith((name + " ", name + "{")) and all(label in line for label in labels)
    ]


def test_each_stage_is_a_histogram_of_each_worker() -> None:
    """Two short reads and a long one: cumulative buckets, their number and their sum."""
    times = StageTimes()
    for seconds in (0.02, 0.02, 42.0):
        times.observe("read", seconds)
    with times.timed("store"):
        pass
    heartbeat.write(Heartbeat.Kind.WORKER, **times.facts())
    lines = scraped()
    name = "slowfashion_stage_seconds"
    read = values(lines, f"{name}_bucket", 'stage="read"')
    assert read == [0, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3]
    assert values(lines, f"{name}_sum", 'stage="read"') == [pytest.approx(42.04)]
    assert values(lines, f"{name}_count", 'stage="store"') == [1]


def test_a_webhook_that_was_not_taken_waits() -> None:
    """An alarm counts while somebody is to be told of its beginning or its end."""
    now = timezone.now()
    old = now - 2 * alarms.LASTS
    Alarm.objects.create(check_name="storage", sentence="Down.", since=old)
    Alarm.objects.create(check_name="disk", sentence="Full.", since=old, told_at=old, ended_at=now)
    Alarm.objects.create(check_name="broker", sentence="Down.", since=now + timedelta(seconds=1))
    assert values(scraped(), "slowfashion_webhooks_waiting") == [2]
    Alarm.objects.update(told_at=now, told_end_at=now)
    assert values(scraped(), "slowfashion_webhooks_waiting") == [0]
