"""The demo's client on a connection that the server closes."""

import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from local_stack.api_client import ApiClient

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"id": 7}'


@pytest.fixture
def address() -> Iterator[str]:
    """A server that closes its first connection without an answer, and answers on the others."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in (b"", ANSWER):
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_question_on_a_closed_connection_is_asked_once_more(address: str) -> None:
    """A server may close a quiet connection just when the client uses it again."""
    assert ApiClient(address, "token").listing(7) == {"id": 7}


def test_what_changes_something_is_not_sent_twice(address: str) -> None:
    """Nobody knows whether the first was taken."""
    with pytest.raises(requests.ConnectionError):
        ApiClient(address, "token").send_listing("A bag", [])
