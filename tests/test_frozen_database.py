"""A PostgreSQL that is slow, locked or frozen holds nobody up for ever."""

import os
import sys
from typing import Any

import pytest

from tests.servers.processes import completed

pytestmark = pytest.mark.integration

SET_UP = """
import os, signal, sys, time
import django
django.setup()
from django.db import OperationalError, connection
def timed(statement):
    began = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except OperationalError as error:
        print(type(error.__cause__).__name__, time.monotonic() - began < 20)
"""
# Whoever is frozen answers again at the end, so that the server can be stopped.
FROZEN = """
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    server, = cursor.fetchone()
os.kill(server, signal.SIGSTOP)
try:
    timed("SELECT 1")
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        print("answers again")
finally:
    os.kill(server, signal.SIGCONT)
"""


def run(program: str, database: str) -> str:
    environment = {
        "DEBUG": "on", "DATABASE_URL": database, "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings", "DATABASE_STATEMENT_SECONDS": "1",
        "DATABASE_LOCK_SECONDS": "1",
    }  # fmt: skip
    done = completed([sys.executable, "-c", SET_UP + program], environment, seconds=60)
    return done.stdout + done.stderr


def test_a_slow_statement_is_ended_by_the_server(new_postgresql_database: Any) -> None:
    """After `DATABASE_STATEMENT_SECONDS`."""
    printed = run('timed("SELECT pg_sleep(60)")', new_postgresql_database("slow"))
    assert printed == "QueryCanceled True\n"


def test_a_frozen_server_is_given_up(new_postgresql_database: Any) -> None:
    """The statement fails some seconds later, and the next one gets another connection."""
    printed = run(FROZEN, new_postgresql_database("frozen"))
    assert "OperationalError True\nanswers again\n" in printed
