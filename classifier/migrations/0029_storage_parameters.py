"""PostgreSQL vacuums large tables sooner than after a fifth of their rows."""

from django.db import migrations

from classifier.migrations._storage_parameters import vacuum_as_others, vacuum_sooner


class Migration(migrations.Migration):
    dependencies = [("classifier", "0028_fewer_index_entries")]
    operations = [migrations.RunPython(vacuum_sooner, vacuum_as_others)]
