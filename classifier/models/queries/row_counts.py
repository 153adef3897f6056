"""How many rows a query finds, at a cost that does not grow with the table."""

import json
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

EXACT_UP_TO: Final = 10_000


def count_or_estimate(rows: QuerySet[Any]) -> int:
    """Return how many rows there are; above `EXACT_UP_TO` PostgreSQL's planner estimates it.

    Its estimate comes from the statistics that autovacuum keeps; it is some per cent off. SQLite
    makes none, and counts.
    """
    if connection.vendor != "postgresql":
        return rows.count()
    counted = count_up_to(rows, EXACT_UP_TO + 1)
    if counted <= EXACT_UP_TO:
        return counted
    plan = json.loads(rows.order_by().explain(format="json"))
    return max(counted, int(plan[0]["Plan"]["Plan Rows"]))


def count_up_to(rows: QuerySet[Any], most: int) -> int:
    """Return how many rows there are, ``most`` if there are more; no more are read."""
    return rows.order_by()[:most].count()
