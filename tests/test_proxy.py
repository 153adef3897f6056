"""The proxy's configuration, in a real nginx before a site of one page."""

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests
from django.test import RequestFactory
from django.urls import resolve

from slowfashion_ai.middleware.request_length import longest_body
from tests.compose_file import compose_with, filled_example
from tests.repository import REPOSITORY
from tests.servers.proxy import NGINX, NO_NGINX, nginx_before

pytestmark = pytest.mark.integration

UPLOAD = "/api/v1/listings/"


class Site:
    """Answers with the length of what it was sent; remembers the last request's environment."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.last = environ
        length = len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(length).encode()]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[Site, int]]:
    application = Site()
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield application, server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address(site: tuple[Site, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where nginx answers, with the repository's configuration and a certificate of its own."""
    if NGINX is None:
        pytest.skip(NO_NGINX)
    with nginx_before(site[1], tmp_path_factory.mktemp("nginx")) as proxy:
        yield proxy


def send(address: str, path: str, size: int, **headers: str) -> requests.Response:
    with pytest.warns(Warning, match="Unverified HTTPS request"):
        return requests.post(
            address + path, data=b"x" * size, headers=headers, timeout=30,
            verify=False,  # noqa: S501  # its certificate is its own
        )  # fmt: skip


def test_a_request_comes_with_its_client_and_an_id(address: str, site: tuple[Site, int]) -> None:
    """What a client says of its own address is not believed; each request has another id."""
    send(address, "/login/", 5, **{"X-Forwarded-For": "1.2.3.4"})
    first = site[0].last
    assert first["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert first["HTTP_X_FORWARDED_PROTO"] == "https"
    send(address, "/login/", 5)
    assert first["HTTP_X_REQUEST_ID"] != site[0].last["HTTP_X_REQUEST_ID"]


def test_bodies_are_bounded_by_path(address: str) -> None:
    """Forms of kilobytes, photos of megabytes from who is signed in, and from nobody else."""
    token = {"Authorization": "Token abc"}
    assert send(address, "/login/", 300 * 1024).status_code == 413
    assert send(address, UPLOAD, 3 * 2**20, **token).text == str(3 * 2**20)
    assert send(address, UPLOAD, 3 * 2**20).status_code == 401
    assert send(address, f"{UPLOAD}7/photos/", 3 * 2**20, **token).ok
    assert send(address, f"{UPLOAD}7/title/", 3 * 2**20, **token).status_code == 413


def test_the_site_s_own_bounds_fit_into_the_proxy_s(rf: RequestFactory) -> None:
    """No upload that the site would take is refused before it."""
    text = (REPOSITORY / "proxy" / "nginx.conf").read_text()
    megabytes = [int(number) * 2**20 for number in re.findall(r"max_body_size (\d+)m;", text)]
    for path in (UPLOAD, f"{UPLOAD}7/photos/"):
        request = rf.post(path)
        request.resolver_match = resolve(path)
        assert any(0 <= most - longest_body(request) < 10 * 2**20 for most in megabytes)


def test_slow_clients_do_not_reach_the_site(address: str) -> None:
    """Beside forty half-sent uploads the site, which serves one at a time, answers at once."""
    port = int(address.rsplit(":", 1)[1])
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    lines = ["HTTP/1.1", "Host: a", "Authorization: Token a", "Content-Length: 9999", "", ""]
    head = f"POST {UPLOAD} " + "\r\n".join(lines)
    slow = [context.wrap_socket(socket.create_connection(("127.0.0.1", port))) for _ in range(40)]
    try:
        for client in slow:
            client.sendall(head.encode() + b"x")
        began = time.monotonic()
        assert send(address, "/login/", 5).ok
        assert time.monotonic() - began < 2
    finally:
        for client in slow:
            client.close()


def test_compose_mounts_the_configuration() -> None:
    """The file that is tested here is the one that the service reads."""
    proxy = compose_with(filled_example())["services"]["proxy"]
    assert "./proxy/nginx.conf:/etc/nginx/nginx.conf:ro" in proxy["volumes"]
