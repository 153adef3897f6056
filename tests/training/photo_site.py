"""A small HTTP site that searches photos as Openverse does, and serves them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 3


@dataclass
class Request:
    """One request that the site saw."""

    path: str
    user_agent: str
    at: float


@dataclass
class PhotoSite:
    """What the site has: search words to results, and paths to bytes."""

    address: str = ""
    results: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)  # answers 429 so many times first
    broken: set[str] = field(default_factory=set)  # paths that answer 500
    moved: dict[str, str] = field(default_factory=dict)  # paths to other addresses
    search_answer: bytes | None = None  # instead of results
    seen: list[Request] = field(default_factory=list)

    @property
    def search(self) -> str:
        return f"{self.address}/v1/images/"

    def offer(self, words: str, name: str, data: bytes | None, licence: str = "by") -> str:
        """Put a photo into the results for these words; without data the site lacks its file."""
        url = f"{self.address}/photos/{name}"
        if data is not None:
            self.files[f"/photos/{name}"] = data
        self.results.setdefault(words, []).append(
            {
                "url": url,
                "license": licence,
                "license_version": "4.0",
                "license_url": f"https://creativecommons.org/licenses/{licence}/4.0/",
                "foreign_landing_url": f"https://example.org/{name}",
                "title": f"A photo,\nnamed {name}",
                "creator": "Ada",
                "attribution": f"{name} by Ada",
                "provider": "drawn",
            }
        )
        return url

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, bytes]:
        """Return status and content for one request."""
        if self.busy.get(path, 0) > 0:
            self.busy[path] -= 1
            return 429, b""
        if path in self.moved:
            return 302, b""
        if path in self.broken:
            return 500, b""
        if path == "/v1/images/":
            if self.search_answer is not None:
                return 200, self.search_answer
            results, page = self.results.get(query["q"][0], []), int(query["page"][0])
            document = {
                "page_count": -(-len(results) // PAGE),
                "page": page,
                "results": results[(page - 1) * PAGE : page * PAGE],
            }
            return 200, json.dumps(document).encode()
        return (200, self.files[path]) if path in self.files else (404, b"not here")


@contextmanager
def running_site() -> Iterator[PhotoSite]:
    """Serve a site on a free port of this machine until the block ends."""
    site = PhotoSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            site.seen.append(Request(parts.path, self.headers["User-Agent"], monotonic()))
            status, content = site.answer(parts.path, parse_qs(parts.query))
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            if status == 302:
                self.send_header("Location", site.moved[parts.path])
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
