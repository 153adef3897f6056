"""Writes changed columns of many rows."""

from collections.abc import Sequence

from django.db import connection, models


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of rows of one model, as ``bulk_update`` does, by a statement a row.

    ``bulk_update`` makes one statement of them, with a condition for each row in each column: for
    sixteen photos Python takes longer to build it than the database takes to write.
    """
    if not rows:
        return
    meta = rows[0]._meta
    written = [field for field in meta.concrete_fields if field.name in fields]
    quoted = connection.ops.quote_name
    columns = ", ".join(f"{quoted(str(field.column))} = %s" for field in written)
    table, key = quoted(meta.db_table), quoted(str(meta.pk.column))
    values = [
        [*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in written),
         row.pk]
        for row in rows
    ]  # fmt: skip
    with connection.cursor() as cursor:
        # Names of ours, no values.
        cursor.executemany(f"UPDATE {table} SET {columns} WHERE {key} = %s", values)  # noqa: S608
