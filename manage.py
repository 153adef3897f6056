#!/usr/bin/env python
"""Django's command line for this project."""

import errno
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slowfashion_ai.settings")
    try:
        from slowfashion_ai.terminal import run_command
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here. Run `make install`, then use .venv/bin/python."
        ) from error
    run_command(execute, sys.argv)


def execute() -> None:
    """Run the command that the command line names; what cannot be used gets a sentence."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        if sys.argv[1:2] == ["migrate"]:
            # Where the disk is full, Django's checks would say that SQLite knows no JSON.
            write_something()
        execute_from_command_line(sys.argv)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EROFS, errno.EDQUOT) or traceback_wanted():
            raise
        raise SystemExit(
            f"A file cannot be written ({error}). Make room on that disk, or let it be written to."
        ) from error
    except ImproperlyConfigured as error:
        if traceback_wanted():
            raise
        raise SystemExit(f"The settings cannot be used. {error}") from error
    except DatabaseError as error:
        if why := why_not_written(error):
            raise SystemExit(why) from error
        if "migrate" in sys.argv or traceback_wanted() or not tables_are_missing():
            raise
        raise SystemExit(
            f"The database lacks tables or columns ({error}). "
            "Run `manage.py migrate` first, then this command again."
        ) from error


def write_something() -> None:
    """Raise what the database says if nothing can be written to it; leave it as it was."""
    import django
    from django.conf import settings
    from django.db import connection, transaction

    django.setup()
    if "sqlite3" in settings.DATABASES["default"]["ENGINE"]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE can_be_written (x)")
            cursor.execute("DROP TABLE can_be_written")


def traceback_wanted() -> bool:
    """Say whether the command line asks for tracebacks."""
    return "--traceback" in sys.argv


# What SQLite says of a file, a folder or a disk that cannot be written to.
NOT_WRITTEN = ("unable to open database file", "readonly database", "disk is full", "disk I/O")


def why_not_written(error: Exception) -> str:
    """Return a sentence if SQLite's file cannot be written to; empty for any other error."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    sqlite = database["ENGINE"] == "django.db.backends.sqlite3"
    if not sqlite or traceback_wanted() or not any(text in str(error) for text in NOT_WRITTEN):
        return ""
    return (
        f"The database {database['NAME']} cannot be written to ({error}). It needs a folder that "
        "can be written to, on a disk with free space; VAR_DIR names another one."
    )


def tables_are_missing() -> bool:
    """Say whether the database can be reached and has not been migrated to this code."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return False
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    main()
