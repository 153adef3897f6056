"""Writes changed columns of many rows."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of rows of one model, as ``bulk_update`` does.

    ``bulk_update`` makes a statement with a condition for each row in each column: for sixteen
    photos Python takes longer to build it than the database takes to write. On PostgreSQL each
    column is sent as one array here, so that one short statement is planned for all rows; elsewhere
    it is a statement a row.
    """
    if not rows:
        return
    meta = rows[0]._meta
    written = [field for field in meta.concrete_fields if field.name in fields] + [meta.pk]
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in written]
        for row in rows
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*values, strict=True)]
            cursor.execute(_with_arrays(meta, written), columns)
        else:
            cursor.executemany(_with_one_row(meta, written), values)


def _with_one_row(meta: Any, written: "Sequence[models.Field[Any, Any]]") -> str:
    *columns, key = (connection.ops.quote_name(str(field.column)) for field in written)
    changes = ", ".join(f"{column} = %s" for column in columns)
    table = connection.ops.quote_name(meta.db_table)
    # Names of ours, no values.
    return f"UPDATE {table} SET {changes} WHERE {key} = %s"  # noqa: S608


def _with_arrays(meta: Any, written: "Sequence[models.Field[Any, Any]]") -> str:
    names = [connection.ops.quote_name(str(field.column)) for field in written]
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in written)
    *columns, key = names
    changes = ", ".join(f"{column} = new.{column}" for column in columns)
    table = connection.ops.quote_name(meta.db_table)
    return (
        f"UPDATE {table} SET {changes} FROM unnest({arrays}) AS new({', '.join(names)}) "  # noqa: S608
        f"WHERE {table}.{key} = new.{key}"
    )
