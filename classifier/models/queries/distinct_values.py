"""The values that a column has, read from an index however many rows have each."""

from typing import Any, Final

from django.db import connection
from django.db.models import Model

# From one value to the next larger one. DISTINCT would read every row.
_NEXT_LARGER: Final = """
WITH RECURSIVE found(value) AS (
    SELECT MIN({column}) FROM {table}
    UNION ALL
    SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > found.value) FROM found
    WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL
"""


def distinct_values(model: type[Model], field: str) -> list[Any]:
    """Return the different values of a field in rising order, NULL left out.

    Args:
        field: the first, or only, one of an index. Each value costs one probe of it.
    """
    quoted = connection.ops.quote_name
    names = {
        "table": quoted(model._meta.db_table),
        "column": quoted(model._meta.get_field(field).column),  # type: ignore[union-attr, arg-type]  # no relation without a column
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_LARGER.format(**names))
        return [value for (value,) in cursor.fetchall()]
