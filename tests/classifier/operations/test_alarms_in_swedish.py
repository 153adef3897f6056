"""What the checks say is read in Swedish on the status page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from classifier.models import Alarm, Canary, Heartbeat, ModelVersion, RetrainRun
from classifier.operations import checks, status
from classifier.sentences import in_language
from tests.tagged_photos import a_moderator

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(hours=2)


@pytest.fixture
def everything_is_wrong(champion: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences of checks that find something, those without any process included."""
    monkeypatch.setattr(checks, "LEAST_DISK_BYTES", 2**80)
    then = timezone.now() - LONG_AGO
    Canary.objects.create(listing=1, sent_at=then)
    RetrainRun.objects.create(trigger="command")
    RetrainRun.objects.update(requested_at=then)
    sentences = [checks.canary(), checks.disk(), checks.scheduler(), checks.trainer()]
    sentences += [checks.broker(), checks.workers()]
    worker = Heartbeat.objects.create(
        kind="worker", name="worker@here:1", started_at=then, seen_at=then, model="other"
    )
    sentences.append(checks.workers())
    Heartbeat.objects.filter(pk=worker.pk).update(seen_at=timezone.now())
    sentences.append(checks.champion())
    ModelVersion.objects.update(state="retired")
    return [*sentences, checks.champion(), status.NO_MONITOR]


def test_what_is_wrong_is_said_in_swedish(everything_is_wrong: list[str]) -> None:
    """And what to do; names of processes and files stay what they are."""
    assert all(everything_is_wrong)
    with translation.override("sv"):
        translations = [in_language(text) for text in everything_is_wrong]
    assert [text for text in translations if "<span" in text] == []


def test_the_status_page_says_so(client: Client, everything_is_wrong: list[str]) -> None:
    """In the panels, in the list of alarms, and in its filter."""
    since = timezone.now() - LONG_AGO
    Alarm.objects.create(check_name="disk", sentence=everything_is_wrong[1], since=since)
    client.force_login(a_moderator("operator", rights=["view_status"]))
    page = client.get("/admin/classifier/alarm/", headers={"accept-language": "sv"})
    shown = page.content.decode()
    assert shown.count("Gör plats, eller flytta den till en större disk.") == 2
    assert "Ingen övervakar: processen ”monitor” är inte i gång" in shown
    assert "Make room" not in shown
