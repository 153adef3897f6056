"""A broker that takes connections and never answers holds nobody up."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.contrib.auth.models import User
from pytest_django import Settings
from redis import Redis

from classifier import notify
from classifier.models import ListingPhoto
from slowfashion_ai.embedded_redis import answers, server_command
from tests.classifier.listings import uploaded_listing
from tests.servers.processes import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture
def broker(short_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Redis that this process's messages go to."""
    socket = short_folder / "redis.sock"
    server = subprocess.Popen(server_command(socket))
    wait_until(lambda: answers(socket), what="Redis answers", seconds=20)
    before = current_app.conf.broker_url
    current_app.conf.broker_url = f"redis+socket://{socket}"
    yield server
    current_app.conf.broker_url = before
    server.kill()
    server.wait()


def seconds_of_a_message() -> tuple[float, bool]:
    start = time.monotonic()
    taken = notify.notify_workers()
    return time.monotonic() - start, taken


@pytest.mark.django_db(transaction=True)
def test_an_upload_waits_once_for_a_hanging_broker(
    broker: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first upload waits a second, the next none; messages go out again once it answers."""
    monkeypatch.setattr(notify, "PAUSE_SECONDS", 3.0)
    assert notify.notify_workers()
    seller = User.objects.create_user("somebody")
    os.kill(broker.pid, signal.SIGSTOP)
    durations = []
    for _ in range(4):
        start = time.monotonic()
        uploaded_listing(seller)
        durations.append(time.monotonic() - start)
    os.kill(broker.pid, signal.SIGCONT)
    assert durations[0] < 2.5
    assert max(durations[1:]) < 0.5
    assert ListingPhoto.objects.filter(status="pending").count() == 4
    time.sleep(3)
    seconds, taken = seconds_of_a_message()
    assert taken
    assert seconds < 1


def test_uploads_of_one_moment_share_a_message(
    broker: subprocess.Popen[bytes], short_folder: Path
) -> None:
    """The first is told of at once, twenty more a moment later with one message for all."""
    waiting = Redis(unix_socket_path=str(short_folder / "redis.sock"))
    notify.notify_of_upload()
    assert waiting.llen("classification") == 1
    for _ in range(20):
        notify.notify_of_upload()
    wait_until(lambda: waiting.llen("classification") > 1, what="the second message")
    time.sleep(2 * notify.TOGETHER_SECONDS)
    # On a machine that stands still for a moment the twenty may not be of one moment.
    assert 2 <= waiting.llen("classification") < 10
    waiting.close()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_is_asked_each_time(
    broker: subprocess.Popen[bytes], short_folder: Path, settings: Settings
) -> None:
    """It refuses at once, so nothing is saved by leaving it alone: back again, it is used."""
    assert notify.notify_workers()
    broker.kill()
    broker.wait()
    for _ in range(3):
        seconds, taken = seconds_of_a_message()
        assert not taken
        assert seconds < 0.5
    with subprocess.Popen(server_command(short_folder / "redis.sock")) as again:
        wait_until(lambda: answers(short_folder / "redis.sock"), what="Redis", seconds=20)
        assert notify.notify_workers()
        again.kill()
