"""Claims photos in one statement, or where the database cannot, in a transaction of two."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet

from classifier.models import ListingPhoto

# Materialized, so that the choice is made once whatever the planner thinks: made again, it would
# pass over what it has locked, and claim more.
STATEMENT: Final = """
WITH chosen AS MATERIALIZED ({chosen})
UPDATE {table} SET {written}, attempts = attempts + 1
WHERE id IN (SELECT chosen.id FROM chosen) RETURNING *
"""


def claim(
    photos: QuerySet[ListingPhoto], *, limit: int, token: UUID, until: datetime
) -> list[ListingPhoto]:
    """Write a token and the end of its lease into photos, count the attempt, and return them.

    Photos that somebody else claims in this moment are passed over. This is asked before each photo
    of an idle system, and one statement takes two thirds of the time of a transaction of two.

    Args:
        photos: what may be claimed, in order.
        limit: how many at most.
    """
    # SQLite has had RETURNING since 3.35.
    if not connection.features.can_return_columns_from_insert:
        return _in_a_transaction(photos, limit, token, until)
    chosen, parameters = photos.values("id")[:limit].query.sql_with_params()
    if connection.features.has_select_for_update_skip_locked:
        chosen += " FOR UPDATE SKIP LOCKED"
    meta = ListingPhoto._meta
    table = connection.ops.quote_name(meta.db_table)
    changes = {"claim": token, "claimed_until": until}
    fields = [field for field in meta.concrete_fields if field.name in changes]
    values = [field.get_db_prep_save(changes[field.name], connection) for field in fields]
    written = ", ".join(f"{field.column} = %s" for field in fields)
    statement = STATEMENT.format(chosen=chosen, table=table, written=written)
    claimed = ListingPhoto.objects.raw(statement, [*parameters, *values])
    return sorted(claimed, key=lambda photo: photo.pk)


def _in_a_transaction(
    photos: QuerySet[ListingPhoto], limit: int, token: UUID, until: datetime
) -> list[ListingPhoto]:
    with transaction.atomic():
        rows = list(photos.select_for_update()[:limit])
        ListingPhoto.objects.filter(pk__in=[row.pk for row in rows]).update(
            claim=token, claimed_until=until, attempts=F("attempts") + 1
        )
    for row in rows:
        row.claim, row.claimed_until, row.attempts = token, until, row.attempts + 1
    return rows
