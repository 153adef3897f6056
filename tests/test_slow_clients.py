"""Clients that send slowly, or nothing, hold up nobody else."""

import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from local_stack.processes import free_port
from tests.servers.processes import Program, wait_until

# Long, so that it does not begin last.
pytestmark = [pytest.mark.integration, pytest.mark.long]

APPLICATION = """
def application(environ, start_response):
    length = len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(length).encode()]
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of gunicorn with the worker of the Procfile and the threads of one of its processes."""
    folder, number = tmp_path_factory.mktemp("web"), free_port()
    (folder / "small.py").write_text(APPLICATION)
    server = Program("gunicorn", [
        Path(sys.executable).parent / "gunicorn", "small:application", "--pythonpath", folder,
        "--bind", f"127.0.0.1:{number}", "--threads", "24", "--no-control-socket",
        "--worker-class", "slowfashion_ai.gunicorn_worker.PatientThreadWorker",
    ], folder, {"PATH": "/usr/bin:/bin"})  # fmt: skip
    server.start()
    wait_until(lambda: answers(number), what="gunicorn answers")
    yield number
    server.kill()


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture
def connect(port: int) -> Iterator[Callable[[], socket.socket]]:
    """Call it to open a connection."""
    opened: list[socket.socket] = []

    def make() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", port)))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def slowest_answer(port: int, *, seconds: float) -> float:
    """Return how long the slowest of the answers of the next seconds took."""
    slowest, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        assert answers(port)
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.1)
    return slowest


def test_silent_connections_hold_no_thread(port: int, connect: Callable[[], socket.socket]) -> None:
    """Beside sixty connections that send nothing the site answers as ever."""
    for _ in range(60):
        connect()
    time.sleep(1)
    assert slowest_answer(port, seconds=3) < 2


def test_slow_headers_hold_a_thread_for_some_seconds_only(
    port: int, connect: Callable[[], socket.socket]
) -> None:
    """Forty clients that send a byte now and then are cut off; then the site answers as ever."""
    clients = [connect() for _ in range(40)]
    for client in clients:
        client.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
    until = time.monotonic() + 12
    while time.monotonic() < until:
        for client in clients:
            try:
                client.sendall(b"x")
            except OSError:  # it was cut off
                continue
        time.sleep(1)
    assert slowest_answer(port, seconds=2) < 2


def test_a_slow_upload_that_goes_on_is_taken(
    port: int, connect: Callable[[], socket.socket]
) -> None:
    """A phone that sends 40 kB a second is not cut off, though it takes longer than the grace."""
    client, parts = connect(), 8
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (parts * 40_000))
    for _ in range(parts):
        client.sendall(b"x" * 40_000)
        time.sleep(1)
    assert b"320000" in client.recv(1000)


def test_an_upload_that_stands_still_is_cut_off(
    port: int, connect: Callable[[], socket.socket]
) -> None:
    """Its thread is free some seconds later."""
    client = connect()
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\nxx")
    began = time.monotonic()
    client.settimeout(30)
    client.recv(1000)
    assert time.monotonic() - began < 15
