"""A worker's threads keep their connections to the database, and do without those that are cut."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests import pictures
from tests.servers.processes import wait_until
from tests.servers.system import System

pytestmark = pytest.mark.integration

TASKS = 40
SEND = f"""
from classifier.tasks import give_back_disagreements
for _ in range({TASKS}):
    give_back_disagreements.delay()
"""
# Four threads for tasks, two that look by themselves, two loops that help with a backlog.
MOST = 8
# All sessions there were since the server started, those that are over too.
SESSIONS = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def database(quick_system: System) -> Iterator["psycopg.Connection[tuple[int]]"]:
    with psycopg.connect(quick_system.env["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def one(database: "psycopg.Connection[tuple[int]]", query: str) -> int:
    row = database.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_tasks_of_a_worker_share_its_threads_connections(
    quick_system: System, database: "psycopg.Connection[tuple[int]]"
) -> None:
    """Forty tasks need a connection for each thread of the worker, not one or two each."""
    broker = redis.Redis(unix_socket_path=str(quick_system.folder / "redis.sock"))
    before = one(database, SESSIONS)
    quick_system.manage("shell", "--verbosity", "0", "--command", SEND)
    wait_until(lambda: broker.llen("maintenance") == 0, what="the worker has taken all of them")
    broker.close()
    assert one(database, SESSIONS) - before < TASKS / 2
    with_worker = one(database, CONNECTIONS)
    quick_system.worker.stop()
    wait_until(lambda: one(database, CONNECTIONS) < with_worker, what="its connections are closed")
    held = with_worker - one(database, CONNECTIONS)
    quick_system.start_worker()
    assert held <= MOST


def test_a_photo_is_tagged_after_all_connections_were_cut(
    quick_system: System, database: "psycopg.Connection[tuple[int]]", tmp_path: Path
) -> None:
    """As after a restart of the database: threads notice, and no task fails for it."""
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(pictures.jpeg(64, 64))
    client = quick_system.seller()
    before = len(quick_system.worker.log)
    for number in range(6):
        listing = client.send_listing(f"Before the cut {number}", [photo])["id"]
        quick_system.wait_for_results(client, [listing])
    database.execute(CUT)
    listing = client.send_listing("After the cut", [photo])["id"]
    assert quick_system.wait_for_results(client, [listing])[0]["status"] == "classified"
    assert "classify_photos could not be done" not in quick_system.worker.log[before:]
