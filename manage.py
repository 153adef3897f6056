#!/usr/bin/env python
"""Django's command line for this project."""

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
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        raise SystemExit(f"The settings cannot be used. {error}") from error
    except DatabaseError as error:
        if "migrate" in sys.argv or "--traceback" in sys.argv or not tables_are_missing():
            raise
        raise SystemExit(
            f"The database lacks tables or columns ({error}). "
            "Run `manage.py migrate` first, then this command again."
        ) from error


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
