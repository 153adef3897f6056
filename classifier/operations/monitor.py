"""The process `monitor`: looks at everything every few seconds, answers on an address of its own.

It depends on none of the others: while they hang or are gone it says so.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from socketserver import ThreadingMixIn
from typing import Any, Final
from uuid import uuid4
from wsgiref import simple_server
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, make_wsgi_app

from classifier.models import Alarm
from classifier.operations import alarms, lease
from classifier.operations.checks import NEEDED, Finding, find_all
from classifier.operations.metrics import DatabaseCollector

logger = logging.getLogger(__name__)

ROUND_SECONDS: Final = 10.0
# What was found longer ago says nothing about now: the rounds hang.
STALE_SECONDS: Final = 60.0
LEASE: Final = timedelta(seconds=60)


class Rounds:
    """Asks all checks again and again; one monitor of several begins and ends alarms."""

    def __init__(self) -> None:
        self._owner = uuid4()
        self._findings: Sequence[Finding] = ()
        self._findings_at = float("-inf")
        self._database_alarm: Alarm | None = None

    def go_on_for_ever(self) -> None:
        while True:
            try:
                self.go_once()
            # One round that fails must not be the last.
            except Exception:
                logger.exception("A round of checks failed; the next one follows.")
            finally:
                connection.close()
            time.sleep(ROUND_SECONDS)

    def go_once(self) -> None:
        """Ask every check once, and begin and end alarms."""
        findings = find_all()
        self._findings, self._findings_at = findings, time.monotonic()
        # Where alarms are kept is away itself: this one is kept here.
        self._watch_database(findings[0])
        if findings[0].is_well and lease.take("monitor", self._owner, lasts=LEASE):
            alarms.consider(findings[1:])

    def _watch_database(self, finding: Finding) -> None:
        now, alarm = timezone.now(), self._database_alarm
        if finding.is_well:
            if alarm is not None and alarm.told_at is not None:
                alarm.ended_at = now
                alarms.tell(alarm, "ended")
            self._database_alarm = None
            return
        if alarm is None:
            alarm = Alarm(check_name=finding.name, sentence=finding.sentence, since=now)
            self._database_alarm = alarm
        if alarm.told_at is None and now - alarm.since >= alarms.LASTS:
            alarm.told_at = now if alarms.tell(alarm, "began") else None

    def readiness(self) -> tuple[bool, dict[str, str]]:
        """Return whether photos are tagged, and each check's sentence, ``ok`` for what is well."""
        if time.monotonic() - self._findings_at > STALE_SECONDS:
            return False, {"monitor": "Its checks have not come to an end yet."}
        ready = all(finding.is_well for finding in self._findings if finding.name in NEEDED)
        return ready, {finding.name: finding.sentence or "ok" for finding in self._findings}


Respond = Callable[[str, list[tuple[str, str]]], Any]


def application(rounds: Rounds) -> Callable[[dict[str, Any], Respond], Iterable[bytes]]:
    """Return the WSGI application that answers `/livez`, `/readyz` and `/metrics`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DatabaseCollector())
    metrics = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        match environ.get("PATH_INFO"):
            case "/livez":
                return _json(respond, "200 OK", {"status": "ok"})
            case "/readyz":
                ready, findings = rounds.readiness()
                status = "200 OK" if ready else "503 Service Unavailable"
                return _json(
                    respond, status, {"status": "ok" if ready else "not ready", **findings}
                )
            case "/metrics":
                try:
                    return list(metrics(environ, respond))
                except DatabaseError as error:
                    return _json(respond, "503 Service Unavailable", {"status": str(error)})
                finally:
                    connection.close()
        return _json(respond, "404 Not Found", {"status": "There are /livez, /readyz, /metrics."})

    return answer


def _json(respond: Respond, status: str, content: dict[str, str]) -> list[bytes]:
    body = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    respond(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


class Server(ThreadingMixIn, WSGIServer):
    """Listens, and answers each request in a thread of its own once it serves."""

    daemon_threads = True
    rounds: Rounds


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Write nothing: it is asked every few seconds."""


def make_server(host: str, port: int) -> Server:
    """Return a server that listens; port 0 is any that is free.

    Raises:
        OSError: if nobody may listen there.
    """
    rounds = Rounds()
    server = simple_server.make_server(
        host, port, application(rounds), server_class=Server, handler_class=_Quiet
    )
    server.rounds = rounds
    return server


def serve(server: Server) -> None:
    """Answer until the process ends."""
    threading.Thread(target=server.rounds.go_on_for_ever, name="rounds", daemon=True).start()
    server.serve_forever()
