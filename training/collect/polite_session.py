"""Requests that a site's owner would not mind: one at a time, with pauses, named, and bounded."""

import math
import time
from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import requests
from icrawler.utils import ProxyPool, Session

NAME: Final = "SlowFashionCollector"
LONGEST_WAIT: Final = 120.0  # seconds that a site may ask us to wait
CHUNK: Final = 1 << 16


class FetchError(Exception):
    """A page or photo could not be fetched; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a site is treated.

    Attributes:
        contact: a mail address or page, sent with every request, so that an owner can complain.
        delay: pause between two requests to one host, in seconds.
        timeout: until a site must begin to answer, in seconds.
        max_bytes: of a file; larger ones are not read to their end.
    """

    contact: str
    delay: float = 1.0
    timeout: float = 20.0
    max_bytes: int = 20 << 20


class PoliteSession(Session):  # type: ignore[misc]  # icrawler has no types
    """icrawler's session, with manners."""

    def __init__(self, manners: Manners) -> None:
        super().__init__(ProxyPool())
        self._manners = manners
        self._turn: dict[str, Lock] = defaultdict(Lock)
        self._last: dict[str, float] = {}
        self._rules: dict[str, RobotFileParser] = {}
        self.headers["User-Agent"] = f"{NAME}/1.0 (+{manners.contact})"

    def fetch(self, url: str) -> bytes:
        """Return what lies at an address.

        Raises:
            FetchError: if the site cannot be reached, says no, or sends too much.
        """
        host = urlsplit(url).netloc
        with self._turn[host], self._patient(url, host) as response:
            self._check(response)
            return self._read(response)

    def fetch_photo(self, url: str) -> bytes:
        """Return a photo's bytes, if the site's robots.txt allows it.

        Raises:
            FetchError: as `fetch`, and if robots.txt says no.
        """
        if not self._rules_of(url).can_fetch(NAME, url):
            raise FetchError("The site's robots.txt asks not to fetch this.")
        return self.fetch(url)

    def _patient(self, url: str, host: str) -> requests.Response:
        """Return the answer's head; where a site asks to wait, wait once and ask again."""
        response = self._ask(url, host)
        wait = response.headers.get("Retry-After", "")
        if response.status_code in (429, 503) and wait.isdigit() and int(wait) <= LONGEST_WAIT:
            response.close()
            time.sleep(int(wait))
            response = self._ask(url, host)
        return response

    def _ask(self, url: str, host: str) -> requests.Response:
        pause = self._last.get(host, -math.inf) + self._manners.delay - time.monotonic()
        time.sleep(max(0.0, pause))
        try:
            answer: requests.Response = self.get(url, timeout=self._manners.timeout, stream=True)
        except requests.RequestException as error:
            raise FetchError(f"The site cannot be reached ({type(error).__name__}).") from error
        finally:
            self._last[host] = time.monotonic()
        return answer

    def _check(self, response: requests.Response) -> None:
        if response.status_code != requests.codes.ok:
            raise FetchError(f"The site answered {response.status_code} {response.reason}.")
        size = response.headers.get("Content-Length", "")
        if size.isdigit() and int(size) > self._manners.max_bytes:
            raise self._too_large()

    def _read(self, response: requests.Response) -> bytes:
        content = bytearray()
        try:
            for chunk in response.iter_content(CHUNK):
                content += chunk
                if len(content) > self._manners.max_bytes:
                    raise self._too_large()
        except requests.RequestException as error:
            raise FetchError(f"The answer broke off ({type(error).__name__}).") from error
        return bytes(content)

    def _too_large(self) -> FetchError:
        limit = self._manners.max_bytes / (1 << 20)
        return FetchError(f"The file is larger than {limit:.1f} MB.")

    def _rules_of(self, url: str) -> RobotFileParser:
        """Return the rules of the photo's host; without any, all is allowed."""
        parts = urlsplit(url)
        if parts.netloc not in self._rules:
            rules = RobotFileParser()
            try:
                text = self.fetch(f"{parts.scheme}://{parts.netloc}/robots.txt").decode("latin-1")
            except FetchError:
                text = ""
            rules.parse(text.splitlines())
            self._rules[parts.netloc] = rules
        return self._rules[parts.netloc]
