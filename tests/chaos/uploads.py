"""Clients that upload over HTTP and try again, under the same key, until they are answered 201."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final
from uuid import uuid4

import requests

from tests import pictures
from tests.servers.prepared import SELLER
from tests.servers.system import System

CLIENTS: Final = 4
PHOTOS_EACH: Final = 5
ANSWER_SECONDS: Final = 90
PAUSE_SECONDS: Final = 0.3


class StoppedError(Exception):
    """The run is over before the photo was answered 201; its own error says why."""


class Uploads:
    """Sends photos until there are ``most``; remembers each that was answered 201."""

    def __init__(self, system: System, most: int) -> None:
        self._system = system
        self._most = most
        self._headers: dict[str, str] = {}
        self._lock = threading.Lock()
        self._begun = 0
        self._allowed = 0
        self._stop = threading.Event()
        self.taken: list[int] = []  # numbers of photos
        self.answers: dict[str, int] = {}  # how often which status, or which failure

    def sign_in(self) -> None:
        token = self._system.seller()._session.headers["Authorization"]
        self._headers = {"Authorization": str(token)}
        assert SELLER[1] not in str(token)

    def allow(self, photos: int) -> None:
        """Let the clients begin so many in all; more wait, so that uploads meet every fault."""
        self._allowed = min(photos, self._most)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Let the clients work while the block lasts, and until all is sent."""
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
            self.allow(self._most)
            for thread in threads:
                thread.join()
        finally:
            self._stop.set()

    def send(self, photo: bytes) -> int:
        """Send one photo in a listing of its own, and return its number."""
        number: int = self._send([photo])["photos"][0]["id"]
        return number

    def send_one(self) -> tuple[int, str]:
        """Send one photo; return its number and the name of its file."""
        number = self.send(pictures.jpeg(64, 64))
        code = (
            "from classifier.models import ListingPhoto;"
            f"print(ListingPhoto.objects.get(pk={number}).image)"
        )
        return number, self._system.manage("shell", "-v0", "--command", code).stdout.split()[-1]

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                if self._begun >= self._most:
                    return
                count = min(PHOTOS_EACH, self._allowed - self._begun)
                self._begun += max(count, 0)
            if count > 0:
                with suppress(StoppedError):
                    self._send([pictures.jpeg(64, 64)] * count)
            time.sleep(PAUSE_SECONDS)

    def _send(self, photos: list[bytes]) -> dict[str, Any]:
        headers = {**self._headers, "Idempotency-Key": uuid4().hex}
        files = [("photos", (f"{n}.jpg", data)) for n, data in enumerate(photos)]
        while not self._stop.is_set():
            try:
                answer = requests.post(
                    f"{self._system.address}/api/v1/listings/", files=files, headers=headers,
                    data={"title": "chaos"}, timeout=ANSWER_SECONDS,
                )  # fmt: skip
            except requests.RequestException as error:
                self._count(type(error).__name__)
            else:
                self._count(str(answer.status_code))
                if answer.status_code == 201:
                    listing: dict[str, Any] = answer.json()
                    with self._lock:
                        self.taken += [photo["id"] for photo in listing["photos"]]
                    return listing
            time.sleep(PAUSE_SECONDS)
        raise StoppedError

    def _count(self, what: str) -> None:
        with self._lock:
            self.answers[what] = self.answers.get(what, 0) + 1
