"""Run tests against other databases than the one pytest-django makes, in all their threads."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, connections
from django.db.models import Model
from django.db.utils import ConnectionHandler

from slowfashion_ai.environment import env

T = TypeVar("T")


def database_at(url: str) -> dict[str, Any]:
    """Return Django's settings of a database, with the options that the product uses."""
    chosen = env.db_url_config(url)
    if chosen["ENGINE"].endswith("sqlite3"):
        chosen["OPTIONS"] = settings.DATABASES["default"]["OPTIONS"]
    full: dict[str, Any] = ConnectionHandler({"default": chosen}).settings["default"]
    return full


@contextmanager
def default_database(chosen: dict[str, Any]) -> Iterator[None]:
    """Make this the default database of every thread while the block lasts."""
    settings_before, connection_before = connections.settings["default"], connections["default"]
    connections.settings["default"] = chosen
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = settings_before
        connections["default"] = connection_before


@contextmanager
def database_away(database: str) -> Iterator[None]:
    """Make this thread's writes fail: PostgreSQL ends its connection, SQLite's file is locked."""
    connection.ensure_connection()
    if database == "postgresql":
        pid = connection.connection.info.backend_pid

        def end_backend() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

        in_threads(1, end_backend)
        yield
        return
    connection.cursor().execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            connection.close()


def _drop_delete_triggers() -> None:
    """Let SQLite delete rows that are kept for ever; PostgreSQL truncates, past its triggers."""
    # Imported here: this module is loaded before Django's apps are.
    from classifier.models import triggers

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for rule in triggers.RULES:
                table = rule.model._meta.db_table
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_never_deleted")


def delete_for_ever(model: type[Model]) -> None:
    """Remove all rows of a table whose rows nothing may delete, as no program may."""
    from classifier.models import triggers  # as above

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
        return
    _drop_delete_triggers()
    model._default_manager.all()._raw_delete("default")
    triggers.install()


def empty_tables() -> None:
    """Remove all rows at once, past the signals and the rules that protect them one by one."""
    _drop_delete_triggers()
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = [name for name in connection.introspection.table_names() if name not in kept]
    statements = connection.ops.sql_flush(no_style(), tables, allow_cascade=False)
    connection.ops.execute_sql_flush(statements)
    from classifier.models import triggers  # as above

    triggers.install()


def in_threads(count: int, work: Callable[[], T]) -> list[T]:
    """Run ``work`` in this many threads that begin together; each closes its connection."""
    together = threading.Barrier(count)

    def run(_: int) -> T:
        together.wait()
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
