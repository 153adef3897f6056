"""What `migrate` and `collectstatic` make, made once a server and copied for each system.

Both take seconds of processor time, and what they make is the same for every system.
"""

import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

from tests.servers.environment import bare_environment
from tests.servers.processes import completed
from tests.servers.watcher import remove_with_the_run

SELLER: Final = ("seller", "a-password-of-the-tests")
MIGRATE: Final = f"""
from django.contrib.auth.models import User
from django.core.management import call_command
call_command("migrate", verbosity=0)
User.objects.create_user("{SELLER[0]}", password="{SELLER[1]}")
"""
COLLECT: Final = """
from django.core.management import call_command
call_command("collectstatic", verbosity=0, interactive=False)
"""
TEMPLATE: Final = "migrated"
SECRET_KEY: Final = "only-for-this-test"


def prepare(folder: Path, database_url: str | None) -> None:
    """Give a system its static files, its tables and the seller.

    A database of PostgreSQL must be empty: it is made anew.
    """
    shutil.copytree(_static_files(), folder / "static")
    if database_url:
        migrate_postgresql(database_url)
    else:
        shutil.copy(_sqlite(), folder / "db.sqlite3")


@cache
def _static_files() -> Path:
    return _made(COLLECT) / "static"


@cache
def _sqlite() -> Path:
    return _made(MIGRATE) / "db.sqlite3"


def migrate_postgresql(url: str) -> None:
    """Make an empty database anew as a copy of one with all tables and the seller."""
    parts = urlsplit(url)
    server = parts._replace(path="/postgres").geturl()
    _postgresql_template(server)
    name = parts.path.strip("/")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")  # a name that a test wrote down
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


@cache
def _postgresql_template(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    _made(MIGRATE, DATABASE_URL=urlsplit(server)._replace(path=f"/{TEMPLATE}").geturl())


def _made(code: str, **more: str) -> Path:
    """Run code in the product's shell; return the folder that was its VAR_DIR."""
    folder = Path(tempfile.mkdtemp(prefix="sf-"))
    remove_with_the_run(folder)
    environment = {"VAR_DIR": str(folder), "SECRET_KEY": SECRET_KEY, "DEBUG": "off", **more}
    command = [sys.executable, "manage.py", "shell", "--command", code]
    completed(command, bare_environment() | environment).check_returncode()
    return folder
