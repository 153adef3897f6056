"""How many rows a query finds, at a cost that does not grow with the table."""

import json
from typing import Any, Final

from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable

EXACT_UP_TO: Final = 5_000
# The sum, and the number of rows that it is of.
Sums = dict[Any, tuple[int, int]]


def count_or_estimate(rows: QuerySet[Any], *, at_least: int = 0) -> int:
    """Return how many rows there are; above `EXACT_UP_TO` PostgreSQL's planner estimates it.

    Its estimate comes from the statistics that autovacuum keeps; it is some per cent off. SQLite
    makes none, and counts.

    Args:
        at_least: so many are known to be there; if these are too many to count, none is counted.
    """
    if connection.vendor != "postgresql":
        return rows.count()
    counted = at_least
    if at_least <= EXACT_UP_TO:
        counted = count_up_to(rows, EXACT_UP_TO + 1)
    if counted <= EXACT_UP_TO:
        return counted
    plan = json.loads(rows.order_by().explain(format="json"))
    return max(counted, int(plan[0]["Plan"]["Plan Rows"]))


def count_up_to(rows: QuerySet[Any], most: int) -> int:
    """Return how many rows there are, ``most`` if there are more; no more are read."""
    if rows.query.distinct:  # which rows are the same depends on their columns
        return rows.order_by()[:most].count()
    # Of no column, so that any index can answer alone; `count` would ask for the key too.
    some = rows.order_by().annotate(counted=Value(1)).values_list("counted")[:most]
    return int(_of_rows("SELECT COUNT(*) FROM ({rows}) counted", some)[0][0])


def sums_by(rows: QuerySet[Any], by: str, what: Combinable, most: int) -> Sums:
    """Return the sum of an expression and the number of rows for each value of a field.

    Django cannot group the rows that a limit leaves, so they would all be sent.

    Args:
        rows: in an order, of which the first ``most`` count.
        what: an expression of integers.
    """
    some = rows.annotate(value=F(by), what=what).values_list("value", "what")[:most]
    sums = _of_rows("SELECT value, SUM(what), COUNT(*) FROM ({rows}) summed GROUP BY value", some)
    return {value: (int(total), int(count)) for value, total, count in sums}


def _of_rows(statement: str, rows: QuerySet[Any]) -> list[tuple[Any, ...]]:
    # Also where nothing can be found, as of `none()`.
    compiler = rows.query.get_compiler(connection=connection, elide_empty=False)
    sql, parameters = compiler.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(rows=sql), parameters)
        rows_of_it: list[tuple[Any, ...]] = cursor.fetchall()
        return rows_of_it
