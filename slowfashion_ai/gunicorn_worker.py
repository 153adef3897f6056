"""gunicorn's threaded worker, whose threads wait for no slow client.

A thread that reads from a client waits for it at most `GRACE_SECONDS`, and a second more for each
`SLOWEST_BYTES` that came; then the connection is closed. It counts the waiting alone: what the
program does with a request takes the time it takes. A connection that has sent nothing yet holds no
thread. Behind a proxy that buffers, as in docker-compose.yml, nobody is ever that slow.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn, ThreadWorker

GRACE_SECONDS: Final = 5.0
SLOWEST_BYTES: Final = 16 * 1024  # a second
# How long a new connection may hold a thread before its first byte; then it waits without one.
FIRST_BYTE_SECONDS: Final = 0.2
CHECK_SECONDS: Final = 0.5
# What is read of a body at once, as much as Django asks for. gunicorn would read a megabyte ahead
# and copy what is left of it at each of Django's reads: four times the work.
READ_BYTES: Final = 64 * 1024


class Waiting:
    """How long one connection's reader has waited for its client, and for how many bytes."""

    def __init__(self, client: socket.socket, chunk: Callable[[int | None], bytes]) -> None:
        self._client = client
        self._chunk = chunk
        self._waited = 0.0
        self._received = 0
        self._since: float | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Read what there is, as gunicorn's reader does."""
        self._since = time.monotonic()
        try:
            data = self._chunk(size_hint)
        finally:
            self._waited, self._since = self._waited + time.monotonic() - self._since, None
        self._received += len(data)
        return data

    def close_if_too_slow(self, now: float) -> None:
        """Make the reader see the end of the connection if it waits for too long."""
        since = self._since
        if since is None:
            return
        if self._waited + now - since > GRACE_SECONDS + self._received / SLOWEST_BYTES:
            with suppress(OSError):  # it went by itself
                self._client.shutdown(socket.SHUT_RD)


class PatientThreadWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Serves on while many clients are slow."""

    def init_process(self) -> None:
        self._reading: set[Waiting] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._check_for_ever, name="slow-clients", daemon=True).start()
        super().init_process()

    def handle(self, conn: TConn) -> Any:
        """Handle one request of a connection, in a thread."""
        if not conn.initialized and not conn.wait_for_data(FIRST_BYTE_SECONDS):
            return gthread._DEFER  # until something comes
        conn.sock.setblocking(True)
        conn.init()
        reader = conn.parser.unreader
        reader.max_body_chunk = READ_BYTES
        # Of its class, for it may be another's still: one waits for each request anew.
        waiting = Waiting(conn.sock, type(reader).chunk.__get__(reader))
        reader.chunk = waiting.chunk
        with self._lock:
            self._reading.add(waiting)
        try:
            return super().handle(conn)
        finally:
            with self._lock:
                self._reading.discard(waiting)

    def _check_for_ever(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            with self._lock:
                reading = list(self._reading)
            now = time.monotonic()
            for waiting in reading:
                waiting.close_if_too_slow(now)
