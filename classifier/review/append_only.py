"""A trigger that keeps reviews as they were written, whoever writes to the database.

Installed after every migrate rather than by a migration: SQLite rebuilds a table to change it, and
its triggers go with the old one.
"""

from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections

from classifier.models import Review

# Of a review that is undone, or overruled by a third one, these change; `photo` becomes empty
# when the photo is deleted.
MAY_CHANGE: Final = frozenset({"stands", "voided", "photo_id"})
_MESSAGE: Final = "Reviews are never changed; undo one, which adds a row that voids it."

_POSTGRESQL: Final = """
CREATE OR REPLACE FUNCTION classifier_review_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER classifier_review_append_only BEFORE UPDATE ON {table}
FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION classifier_review_refuse();
"""
_SQLITE: Final = """
DROP TRIGGER IF EXISTS classifier_review_append_only;
CREATE TRIGGER classifier_review_append_only BEFORE UPDATE ON {table}
WHEN {changed} BEGIN SELECT RAISE(ABORT, '{message}'); END;
"""


def install(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Put the trigger in place, or renew it. Receives Django's ``post_migrate``."""
    connection = connections[using]
    table = Review._meta.db_table
    if table not in connection.introspection.table_names():
        # Migrated back to before there were reviews.
        return
    sqlite = connection.vendor == "sqlite"
    statements = (_SQLITE if sqlite else _POSTGRESQL).format(
        table=table, message=_MESSAGE, changed=_changed("IS NOT" if sqlite else "IS DISTINCT FROM")
    )
    with connection.cursor() as cursor:
        if sqlite:
            drop, create = statements.split(";\n", 1)
            cursor.execute(drop)
            cursor.execute(create)
        else:
            cursor.execute(statements)


def _changed(differs: str) -> str:
    columns = [field.column for field in Review._meta.concrete_fields]
    fixed = [f"NEW.{name} {differs} OLD.{name}" for name in columns if name not in MAY_CHANGE]
    moved = f"(NEW.photo_id IS NOT NULL AND NEW.photo_id {differs} OLD.photo_id)"
    revived = "(OLD.voided AND NOT NEW.voided)"
    return " OR ".join([*fixed, moved, revived])
