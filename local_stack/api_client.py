"""A small client of the REST API, as anybody could write one."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

# A busy machine may take long to answer; a dead one is noticed by whoever started it.
ANSWER_SECONDS: Final = 120
LONGEST_PAUSE: Final = 30.0
# A server closes a connection that was quiet for a while, perhaps just when it is used again. Only
# what changes nothing is asked once more.
ONCE_MORE: Final = Retry(
    total=None, connect=0, read=1, redirect=0, status=0, other=0, allowed_methods=["GET"]
)


class ApiError(Exception):
    """The API refused a request; the message has its status and its own words."""


class ApiClient:
    """Speaks to the API at ``address`` (``http://host:port``) as one user."""

    def __init__(self, address: str, token: str = "") -> None:
        self.token = token
        self._root = f"{address}/api/v1"
        self._session = requests.Session()
        self._session.mount(address, HTTPAdapter(max_retries=ONCE_MORE))
        if token:
            self._session.headers["Authorization"] = f"Token {token}"

    @classmethod
    def signed_in(cls, address: str, name: str, password: str) -> Self:
        """Return a client for a user; the password is exchanged for a token and forgotten.

        Raises:
            ApiError: if the name or the password is wrong.
        """
        login = {"username": name, "password": password}
        return cls(address, cls(address)._ask("POST", "/token/", json=login)["token"])

    def send_listing(self, title: str, photos: Sequence[Path]) -> dict[str, Any]:
        """Send the photos as one listing and return it, with its photos, as the API shows it.

        Raises:
            ApiError: if the API refuses it.
        """
        files = [("photos", (path.name, path.read_bytes())) for path in photos]
        return self._ask("POST", "/listings/", data={"title": title}, files=files)

    def listing(self, number: int) -> dict[str, Any]:
        """Return a listing with its photos as they are now.

        Raises:
            ApiError: if there is none with this number.
        """
        return self._ask("GET", f"/listings/{number}/")

    def listings(self) -> list[dict[str, Any]]:
        """Return this user's newest listings, without their photos, the newest first."""
        results: list[dict[str, Any]] = self._ask("GET", "/listings/")["results"]
        return results

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        while True:
            answer = self._session.request(
                method, self._root + path, timeout=ANSWER_SECONDS, **content
            )
            if answer.status_code != requests.codes.too_many_requests:
                break
            time.sleep(min(LONGEST_PAUSE, float(answer.headers.get("Retry-After", 1))))
        if not answer.ok:
            raise ApiError(f"{method} {path} was answered with {answer.status_code}: {answer.text}")
        body: dict[str, Any] = answer.json()
        return body
