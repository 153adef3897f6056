"""PostgreSQL vacuums large tables sooner than after a fifth of their rows.

Only of rows that a vacuum has seen can an index answer alone, and what is asked for are the newest.
Listings and reviews are hardly ever changed, so of them a vacuum reads the new pages alone; of
photos and the queue it reads the indexes too, hence less often.
"""

from typing import Any

SHARES = {
    "classifier_listing": 0.01,
    "classifier_review": 0.01,
    "classifier_listingphoto": 0.05,
    "classifier_queueitem": 0.05,
}
PARAMETERS = (
    "autovacuum_vacuum_scale_factor",
    "autovacuum_vacuum_insert_scale_factor",
    "autovacuum_analyze_scale_factor",
)


def vacuum_sooner(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for table, share in SHARES.items():
            parameters = ", ".join(f"{name} = {share}" for name in PARAMETERS)
            editor.execute(f"ALTER TABLE {table} SET ({parameters})")


def vacuum_as_others(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for table in SHARES:
            editor.execute(f"ALTER TABLE {table} RESET ({', '.join(PARAMETERS)})")
