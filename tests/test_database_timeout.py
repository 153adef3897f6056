"""A database that takes connections and never answers holds nobody up for ever."""

import os
import socket
import subprocess
import sys
import time

from tests.repository import REPOSITORY

CONNECT = """
import django
django.setup()
from django.db import OperationalError, connection
try:
    connection.ensure_connection()
except OperationalError as error:
    print("OperationalError", error)
"""


def test_a_database_that_never_answers_is_an_error_within_seconds() -> None:
    """Requests then answer 503, and free their threads."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"postgres://someone:secret@127.0.0.1:{server.getsockname()[1]}/slowfashion"
        environment = {
            "DEBUG": "on", "DATABASE_URL": address, "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings",
        }  # fmt: skip
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", CONNECT], cwd=REPOSITORY, env=environment,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert "OperationalError" in done.stdout, done.stderr
    assert time.monotonic() - began < 40
