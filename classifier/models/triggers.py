"""Triggers that keep reviews and promotions as they were written, whoever writes to the database.

Installed after every migrate rather than by a migration: SQLite rebuilds a table to change it, and
its triggers go with the old one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from classifier.models import Promotion, Review


@dataclass(frozen=True, slots=True)
class Rule:
    """What may change of a written row; nothing may delete it.

    Attributes:
        message, on_delete: what whoever changes or deletes a row is told.
        may_change: columns that the trigger leaves alone.
        refused: SQL conditions under which a change of these is refused after all, given the
            database's words for "differs from", NULL included.
    """

    model: type[models.Model]
    message: str
    on_delete: str
    may_change: frozenset[str] = frozenset()
    refused: Callable[[str], tuple[str, ...]] = lambda _: ()

    def changed(self, differs: str) -> str:
        """Return the SQL condition under which an UPDATE is refused."""
        columns = [field.column for field in self.model._meta.concrete_fields]
        # Quoted: a column may bear a word of SQL, such as "trigger".
        fixed = [f'NEW."{n}" {differs} OLD."{n}"' for n in columns if n not in self.may_change]
        return " OR ".join([*fixed, *self.refused(differs)])


RULES: Final = (
    Rule(
        Review,
        "Reviews are never changed; undo one, which adds a row that voids it.",
        "Reviews are never deleted; undo one, which adds a row that voids it.",
        # Of a review that is undone, or overruled by a third one, these change; `photo` becomes
        # empty when the photo is deleted.
        may_change=frozenset({"is_final", "voided", "photo_id"}),
        refused=lambda differs: (
            f"(NEW.photo_id IS NOT NULL AND NEW.photo_id {differs} OLD.photo_id)",
            "(OLD.voided AND NOT NEW.voided)",
        ),
    ),
    Rule(
        Promotion,
        "Promotions are the record of what was live when; promote or roll back, which adds a row.",
        "Promotions are the record of what was live when; they are never deleted.",
    ),
)

_POSTGRESQL: Final = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_refuse();
CREATE OR REPLACE FUNCTION {table}_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{on_delete}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse_delete();
"""
_SQLITE: Final = (
    "DROP TRIGGER IF EXISTS {table}_append_only;",
    "CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
    "WHEN {changed} BEGIN SELECT RAISE(ABORT, '{message}'); END;",
    "DROP TRIGGER IF EXISTS {table}_never_deleted;",
    "CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{on_delete}'); END;",
)


def install(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Put the triggers in place, or renew them. Receives Django's ``post_migrate``."""
    connection = connections[using]
    there = connection.introspection.table_names()
    for rule in RULES:
        # Migrated back to before there was such a table, there is nothing to keep.
        if rule.model._meta.db_table in there:
            _install(rule, connection)


def _install(rule: Rule, connection: BaseDatabaseWrapper) -> None:
    sqlite = connection.vendor == "sqlite"
    words = {
        "table": rule.model._meta.db_table,
        "message": rule.message,
        "on_delete": rule.on_delete,
        "changed": rule.changed("IS NOT" if sqlite else "IS DISTINCT FROM"),
    }
    with connection.cursor() as cursor:
        for statement in _SQLITE if sqlite else (_POSTGRESQL,):
            cursor.execute(statement.format(**words))
