"""`python -m tests.chaos.crowd`: many uploaders and idle connections at once, through the proxy.

Every uploader is a seller with an address of its own (127.0.1.x), who sends one photo after the
other over one kept connection; what is refused for now is sent again under the same key. `/livez`,
which the monitor answers, is asked through the same proxy all the while, by a process of its own.
"""

import argparse
import json
import logging
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from requests.adapters import HTTPAdapter

from tests import pictures
from tests.chaos.setups import NAMES, Setup, running
from tests.servers.processes import wait_until
from tests.servers.proxy import nginx_before

SETTLE_SECONDS: Final = 600
SELLERS: Final = """
import json
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
users = [User.objects.create(username=f"seller-{n}", password="!") for n in range(COUNT_OF_SELLERS)]
print(json.dumps([Token.objects.create(user=user).key for user in users]))
"""
COUNT: Final = """
import json
from classifier.models import ListingPhoto
print(json.dumps(dict(ListingPhoto.objects.values_list("pk", "status"))))
"""
# Asks until its input is closed, and prints the seconds of each answer; a failure counts as 99.
PROBE: Final = """
import json, ssl, sys, threading, time, urllib.request
context = ssl._create_unverified_context()
closed = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
took = []
while not closed.wait(0.25):
    began = time.monotonic()
    try:
        urllib.request.urlopen(sys.argv[1], timeout=20, context=context).read()
        took.append(time.monotonic() - began)
    except OSError:
        took.append(99.0)
print(json.dumps(took))
"""


@dataclass
class Crowd:
    """What was sent and answered."""

    uploaders: int
    idle: int
    taken: list[int] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    livez: list[float] = field(default_factory=list)
    reopened: int = 0
    lost: int = 0
    pending: int = 0
    failed: int = 0

    @property
    def is_well(self) -> bool:
        server_errors = sum(n for what, n in self.answers.items() if what.startswith("5"))
        return bool(
            self.taken and not (server_errors or self.lost or self.pending or self.failed)
            and max(self.livez, default=99) < 1
        )  # fmt: skip

    def __str__(self) -> str:
        took, livez = sorted(self.seconds) or [0.0], sorted(self.livez) or [99.0]
        return (
            f"{self.uploaders} uploaders and {self.idle} idle connections (opened again "
            f"{self.reopened} times): {len(self.taken)} photos taken, {self.lost} lost, "
            f"{self.pending} left without a tag, {self.failed} failed. Answers: "
            f"{dict(sorted(self.answers.items()))}; median {took[len(took) // 2]:.2f} s, longest "
            f"{took[-1]:.2f} s. /livez {len(livez)} times: median {livez[len(livez) // 2]:.3f} s, "
            f"longest {livez[-1]:.2f} s."
        )


class FromAddress(HTTPAdapter):
    """Connects from an address of its own, as another client would."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, source_address=(self._address, 0))


def run_crowd(*, setup: str, uploaders: int, idle: int, seconds: float) -> Crowd:
    """Let a crowd upload for so long, wait until all is tagged, and count."""
    crowd = Crowd(uploaders, idle)
    with running(setup) as system, ExitStack() as stack:
        folder = system.system.folder / "nginx"
        folder.mkdir()
        monitor = system.system.monitor
        monitor.start()
        wait_until(lambda: "Answers on" in monitor.log, what="the monitor answers")
        monitor_port = int(system.system.monitor_address.rpartition(":")[2])
        address = stack.enter_context(
            nginx_before(system.system.port, folder, monitor_port=monitor_port)
        )
        tokens = _last_line(system, SELLERS.replace("COUNT_OF_SELLERS", str(uploaders)))
        # The set-up's certificate is its own; urllib3 warns at each connection.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        with _idle_connections(address, crowd), _asking_livez(address, crowd):
            _upload(address, tokens, crowd, until=time.monotonic() + seconds)
        _settle(system, crowd)
    return crowd


def _last_line(setup: Setup, code: str) -> Any:
    done = setup.system.manage("shell", "-v0", "--command", code)
    return json.loads(done.stdout.splitlines()[-1])


def _upload(address: str, tokens: list[str], crowd: Crowd, *, until: float) -> None:
    threads = [
        threading.Thread(target=_one_uploader, args=(address, number, token, crowd, until))
        for number, token in enumerate(tokens)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _one_uploader(address: str, number: int, token: str, crowd: Crowd, until: float) -> None:
    photo = pictures.jpeg()
    with requests.Session() as session:
        session.mount("https://", FromAddress(f"127.0.1.{number + 1}"))
        while time.monotonic() < until:
            headers = {"Authorization": f"Token {token}", "Idempotency-Key": uuid4().hex}
            # What was begun is brought to its end, within reason.
            while not _send(session, address, photo, headers, crowd):
                if time.monotonic() > until + 60:
                    return
                time.sleep(0.5)


def _send(
    session: requests.Session, address: str, photo: bytes, headers: dict[str, str], crowd: Crowd
) -> bool:
    began = time.monotonic()
    try:
        answer = session.post(
            f"{address}/api/v1/listings/", files={"photos": ("bag.jpg", photo)}, headers=headers,
            timeout=90, verify=False,  # its certificate is its own
        )  # fmt: skip
    except requests.RequestException as error:
        crowd.answers[type(error).__name__] += 1
        return False
    crowd.seconds.append(time.monotonic() - began)
    crowd.answers[str(answer.status_code)] += 1
    if answer.status_code == 201:
        crowd.taken += [photo["id"] for photo in answer.json()["photos"]]
    return answer.status_code == 201


@contextmanager
def _idle_connections(address: str, crowd: Crowd) -> Iterator[None]:
    """Hold connections that send nothing after the handshake; one that is cut is opened again."""
    over = threading.Event()
    threads = [
        threading.Thread(target=_hold, args=(address, over, crowd)) for _ in range(crowd.idle)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _hold(address: str, over: threading.Event, crowd: Crowd) -> None:
    target = urlsplit(address)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    while not over.is_set():
        with (
            suppress(OSError),
            socket.create_connection((target.hostname, target.port), 30) as plain,
            context.wrap_socket(plain) as connection,
        ):
            connection.settimeout(0.5)
            while not over.is_set():
                with suppress(TimeoutError):
                    if not connection.recv(1):
                        break
        crowd.reopened += not over.is_set()


@contextmanager
def _asking_livez(address: str, crowd: Crowd) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", PROBE, f"{address}/livez"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as probe:  # fmt: skip
        try:
            yield
        finally:
            answered, _ = probe.communicate("")
    crowd.livez = json.loads(answered)


def _settle(setup: Setup, crowd: Crowd) -> None:
    status: dict[str, str] = {}

    def is_settled() -> bool:
        status.clear()
        status.update(_last_line(setup, COUNT))
        return "pending" not in status.values()

    with suppress(AssertionError):  # what is left is counted
        wait_until(is_settled, what="nothing is pending", seconds=SETTLE_SECONDS)
    crowd.lost = len(set(crowd.taken) - {int(number) for number in status})
    crowd.pending = sum(state == "pending" for state in status.values())
    crowd.failed = sum(state == "failed" for state in status.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.crowd", description=__doc__)
    parser.add_argument("--setup", choices=NAMES, default="postgresql")
    parser.add_argument("--uploaders", type=int, default=200)
    parser.add_argument("--idle", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request to S3
    crowd = run_crowd(**vars(options))
    sys.stdout.write(f"{options.setup}: {crowd}\n")
    sys.stdout.write("All is well.\n" if crowd.is_well else "Something is wrong; see above.\n")
    return 0 if crowd.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
