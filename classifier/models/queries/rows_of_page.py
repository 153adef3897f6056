"""The rows of one page of a long query."""

from typing import Any

from django.db.models import QuerySet


def rows_of_page(rows: QuerySet[Any], first: int, last: int) -> QuerySet[Any]:
    """Return the rows from ``first`` to before ``last`` of a query in its order.

    Their keys are looked for alone, and often an index has them. In one query with the rows
    PostgreSQL reads whole those before the page too, and joins to each what belongs to it.
    """
    return rows.filter(pk__in=keys_of(rows, first, last))


def keys_of(rows: Any, first: int, last: int) -> list[Any]:
    """Return the primary keys of the rows from ``first`` to before ``last`` of a query."""
    plain = rows.select_related(None).prefetch_related(None)
    return list(plain.values_list("pk", flat=True)[first:last])
