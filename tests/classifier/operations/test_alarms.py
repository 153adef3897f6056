"""An alarm is told once when it begins and once when it is over, later where that fails."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from classifier.models import Alarm
from classifier.operations import alarms
from classifier.operations.checks import Finding

pytestmark = pytest.mark.django_db
WRONG = Finding("workers", "No worker has been seen yet. Start the process “worker”.")
WELL = Finding("workers", "")


class Receiver(HTTPServer):
    """Takes webhooks, or refuses them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict[str, Any]] = []
        self.refuses = False


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.refuses:
            self.server.taken.append(json.loads(body))
        self.send_response(500 if self.server.refuses else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.ALARM_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/"
        settings.ALARM_MAIL_TO = ["operator@shop.example"]
        yield server
        server.shutdown()
        thread.join()


def let_it_last() -> None:
    Alarm.objects.update(since=timezone.now() - timedelta(minutes=2))


def test_it_is_told_once_and_once_more_when_it_is_well(
    receiver: Receiver, mailoutbox: list[Any]
) -> None:
    """By mail and by webhook; the sentence says what to do."""
    alarms.consider([WRONG])
    assert mailoutbox == [], "a restart takes as long"
    let_it_last()
    for _ in range(3):
        alarms.consider([WRONG])
    assert [mail.subject for mail in mailoutbox] == ["SlowFashion AI: workers"]
    assert WRONG.sentence in mailoutbox[0].body
    for _ in range(2):
        alarms.consider([WELL])
    assert mailoutbox[1].subject == "SlowFashion AI: workers is well again"
    assert [message["event"] for message in receiver.taken] == ["alarm.began", "alarm.ended"]
    assert receiver.taken[0]["text"] == WRONG.sentence
    assert alarms.open_alarms() == []


def test_what_is_over_at_once_is_told_to_nobody(receiver: Receiver, mailoutbox: list[Any]) -> None:
    """A worker that is started anew is no alarm."""
    for finding in (WRONG, WELL):
        alarms.consider([finding])
    assert (mailoutbox, receiver.taken) == ([], [])
    assert not Alarm.objects.exists()


def test_what_could_not_be_told_is_told_later(receiver: Receiver) -> None:
    """A webhook that is refused comes again with the next round."""
    receiver.refuses = True
    alarms.consider([WRONG])
    let_it_last()
    alarms.consider([WRONG])
    receiver.refuses = False
    alarms.consider([WRONG])
    assert [message["event"] for message in receiver.taken] == ["alarm.began"]
