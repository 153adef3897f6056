"""PostgreSQL vacuums large tables sooner, and leaves room beside a photo for its tag.

Only of rows that a vacuum has seen can an index answer alone, and what is asked for are the newest;
by itself a vacuum comes after a fifth of all rows. Listings and reviews are hardly ever changed, so
of them it reads the new pages alone; of photos and the queue it reads the indexes too, hence less
often.

A photo's row is written again when it is claimed and when it is tagged. Without room on its page it
goes into what is left on any older one: a claim then reads and writes a page a photo.
"""

from typing import Any

from django.db import migrations

SHARES = {
    "classifier_listing": 0.01,
    "classifier_review": 0.01,
    "classifier_listingphoto": 0.05,
    "classifier_queueitem": 0.05,
}
VACUUM = (
    "autovacuum_vacuum_scale_factor",
    "autovacuum_vacuum_insert_scale_factor",
    "autovacuum_analyze_scale_factor",
)
PHOTOS = "classifier_listingphoto"
# Per cent of a page that new rows fill.
FILLED = 60


def set_parameters(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for table, share in SHARES.items():
            parameters = ", ".join(f"{name} = {share}" for name in VACUUM)
            editor.execute(f"ALTER TABLE {table} SET ({parameters})")
        editor.execute(f"ALTER TABLE {PHOTOS} SET (fillfactor = {FILLED})")


def reset_parameters(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for table in SHARES:
            editor.execute(f"ALTER TABLE {table} RESET ({', '.join(VACUUM)})")
        editor.execute(f"ALTER TABLE {PHOTOS} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("classifier", "0028_fewer_index_entries")]
    operations = [migrations.RunPython(set_parameters, reset_parameters)]
