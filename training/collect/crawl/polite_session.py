"""HTTP requests that obey robots.txt: one at a time, with pauses, named, and bounded in size."""

import math
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import requests

NAME: Final = "SlowFashionCollector"
LONGEST_WAIT: Final = 120.0  # seconds that a site may ask us to wait
MOST_HOPS: Final = 5  # redirects of one address
CHUNK: Final = 1 << 16


class FetchError(Exception):
    """A page or photo could not be fetched; the message is a sentence that says why.

    Attributes:
        status: the site's HTTP status, where it answered.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """How a site is treated.

    Attributes:
        contact: a mail address or page, sent with every request, so that an owner can complain.
        delay: pause between two requests to one host, in seconds; a site's robots.txt may ask for
            a longer one.
        timeout: until a site must begin to answer, in seconds.
        max_bytes: of a file; larger ones are not read to their end.
    """

    contact: str
    delay: float = 1.0
    timeout: float = 20.0
    max_bytes: int = 20 << 20


class PoliteSession(requests.Session):
    """A session that keeps to a `RequestPolicy` and to each site's robots.txt.

    It is for one thread: requests follow one another.
    """

    def __init__(self, policy: RequestPolicy) -> None:
        super().__init__()
        self._policy = policy
        self._last: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser] = {}
        self.headers["User-Agent"] = f"{NAME}/1.0 (+{policy.contact})"

    def fetch(self, url: str) -> bytes:
        """Return what lies at an address.

        Raises:
            FetchError: if the site cannot be reached, says no, or sends too much.
        """
        return self._follow(url, obey_robots=False)

    def fetch_photo(self, url: str) -> bytes:
        """Return a photo's bytes, if the site's robots.txt allows it.

        Raises:
            FetchError: as `fetch`, and if robots.txt says no.
        """
        return self._follow(url, obey_robots=True)

    def _follow(self, url: str, *, obey_robots: bool) -> bytes:
        """Fetch an address, or the one it redirects to; each host is asked by the policy."""
        for _ in range(1 + MOST_HOPS):
            if obey_robots and not self._robots_of(url).can_fetch(NAME, url):
                raise FetchError("The site's robots.txt asks not to fetch this.")
            host = urlsplit(url).netloc
            with self._get_after_waiting(url, host) as response:
                if not response.is_redirect:
                    self._check(response)
                    return self._read(response)
                url = urljoin(url, response.headers["Location"])
        raise FetchError(f"The site sends us on more than {MOST_HOPS} times.")

    def _get_after_waiting(self, url: str, host: str) -> requests.Response:
        """Return the answer's head; where a site asks to wait, wait once and ask again."""
        response = self._get(url, host)
        wait = response.headers.get("Retry-After", "")
        if response.status_code in (429, 503) and wait.isdigit() and int(wait) <= LONGEST_WAIT:
            response.close()
            time.sleep(int(wait))
            response = self._get(url, host)
        return response

    def _get(self, url: str, host: str) -> requests.Response:
        pause = self._last.get(host, -math.inf) + self._delay_of(host) - time.monotonic()
        time.sleep(max(0.0, pause))
        try:
            response = self.get(
                url, timeout=self._policy.timeout, stream=True, allow_redirects=False
            )
        except requests.RequestException as error:
            raise FetchError(f"The site cannot be reached ({type(error).__name__}).") from error
        finally:
            self._last[host] = time.monotonic()
        return response

    def _delay_of(self, host: str) -> float:
        asked = self._robots[host].crawl_delay(NAME) if host in self._robots else None
        return max(self._policy.delay, min(float(asked or 0), LONGEST_WAIT))

    def _check(self, response: requests.Response) -> None:
        if response.status_code != requests.codes.ok:
            raise FetchError(
                f"The site answered {response.status_code} {response.reason}.",
                response.status_code,
            )
        size = response.headers.get("Content-Length", "")
        if size.isdigit() and int(size) > self._policy.max_bytes:
            raise self._too_large()

    def _read(self, response: requests.Response) -> bytes:
        content = bytearray()
        try:
            for chunk in response.iter_content(CHUNK):
                content += chunk
                if len(content) > self._policy.max_bytes:
                    raise self._too_large()
        except requests.RequestException as error:
            raise FetchError(f"The answer broke off ({type(error).__name__}).") from error
        return bytes(content)

    def _too_large(self) -> FetchError:
        limit = self._policy.max_bytes / (1 << 20)
        return FetchError(f"The file is larger than {limit:.1f} MB.")

    def _robots_of(self, url: str) -> RobotFileParser:
        """Return the rules of an address's host, as RFC 9309 reads them.

        A host that has none (4xx) allows everything.

        Raises:
            FetchError: if it cannot be asked; then nothing may be fetched there.
        """
        parts = urlsplit(url)
        if parts.netloc not in self._robots:
            rules = RobotFileParser()
            try:
                text = self.fetch(f"{parts.scheme}://{parts.netloc}/robots.txt").decode(
                    errors="replace"
                )
            except FetchError as error:
                if error.status is None or not 400 <= error.status < 500:
                    raise
                text = ""
            rules.parse(text.splitlines())
            self._robots[parts.netloc] = rules
        return self._robots[parts.netloc]
