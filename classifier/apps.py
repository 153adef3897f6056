"""The product: photo in, tag out, review."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_delete, post_migrate, pre_migrate
from django.utils.translation import gettext_lazy


class ClassifierConfig(AppConfig):
    name = "classifier"
    verbose_name = gettext_lazy("Classifier")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from classifier import checks  # noqa: F401  # importing it registers the checks
        from classifier.accounts import audit
        from classifier.models import names, triggers
        from classifier.photos import cleanup

        names.translate_names(self)
        user_logged_in.connect(audit.record_sign_in)
        post_delete.connect(cleanup.remember_files, sender="classifier.ListingPhoto")
        post_migrate.connect(triggers.install, sender=self)
        if connection.vendor == "postgresql":
            _bound_waiting(self)


def _bound_waiting(app: AppConfig) -> None:
    # Imported here: on SQLite nothing else needs psycopg.
    from slowfashion_ai.database.frozen_database import GUARD

    connection_created.connect(GUARD.watch)
    pre_migrate.connect(_take_time, sender=app)


def _take_time(*, using: str, **_: Any) -> None:
    """Let migrations take as long as they need; receives Django's ``pre_migrate``."""
    from slowfashion_ai.database.frozen_database import GUARD

    GUARD.pause()
    with connections[using].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
