"""Ends what waits for a PostgreSQL that is frozen.

The server itself ends statements that take too long (``statement_timeout``), unless it is the
server that stands still: then libpq waits for ever, and each request holds a thread. So a thread
looks at the connections of this process and shuts the socket of one that waits for longer than the
server would have let it. The statement fails with an OperationalError, as after any broken line.
"""

import logging
import os
import socket
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.conf import settings
from psycopg.pq import TransactionStatus

logger = logging.getLogger(__name__)

CHECK_SECONDS: Final = 1.0
# Over the server's own limit, so that it is the server that speaks where it can.
GRACE_SECONDS: Final = 5.0


@dataclass(eq=False, slots=True)
class _Watched:
    """One connection of Django's.

    Attributes:
        statements: how many were begun.
        seen, since: how many had been begun when it was first seen waiting, and when that was.
    """

    wrapper: "weakref.ref[Any]"
    statements: int = 0
    seen: int = -1
    since: float = 0.0

    def count(self, execute: Any, *arguments: Any) -> Any:
        """Count a statement; an ``execute_wrapper`` of Django's."""
        self.statements += 1
        return execute(*arguments)


class FrozenDatabaseGuard:
    """Watches every connection that is made in this process from now on."""

    def __init__(self) -> None:
        self._paused = False
        self._watched: list[_Watched] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, connection: Any, **_: Any) -> None:
        """Watch a connection; receives Django's ``connection_created``."""
        if connection.vendor != "postgresql":
            return
        with self._lock:
            if not any(each.wrapper() is connection for each in self._watched):
                watched = _Watched(weakref.ref(connection))
                connection.execute_wrappers.append(watched.count)
                self._watched.append(watched)
            # A process that forked has its parent's object and not its thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._check_for_ever, name="frozen-database", daemon=True
                )
                self._thread.start()

    def pause(self) -> None:
        """Let statements take as long as they need from now on, as migrations do."""
        self._paused = True

    def _check_for_ever(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            with self._lock:
                self._watched = [each for each in self._watched if each.wrapper() is not None]
                watched = list(self._watched)
            for each in watched:
                self._check(each)

    def _check(self, watched: _Watched) -> None:
        wrapper = watched.wrapper()
        line = None if wrapper is None else wrapper.connection
        if self._paused or line is None or line.closed or not _waits(line):
            watched.seen = -1
            return
        now = time.monotonic()
        if watched.seen != watched.statements:
            watched.seen, watched.since = watched.statements, now
        elif now - watched.since > settings.DATABASE_STATEMENT_SECONDS + GRACE_SECONDS:
            logger.error("The database has not answered for %.0f s; the connection is shut.",
                         now - watched.since)  # fmt: skip
            _shut(line)
            watched.seen = -1


def _waits(line: Any) -> bool:
    # The C implementation gives a plain number.
    return bool(line.pgconn.transaction_status == TransactionStatus.ACTIVE)


def _shut(line: Any) -> None:
    """Shut a connection's socket for both sides, so that whoever waits for it is told."""
    # Closed meanwhile, there is nothing to shut.
    with (
        suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(line.pgconn.socket)) as end,
    ):
        end.shutdown(socket.SHUT_RDWR)


GUARD: Final = FrozenDatabaseGuard()
