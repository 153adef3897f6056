"""The product: photo in, tag out, review."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate


class ClassifierConfig(AppConfig):
    name = "classifier"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from classifier import append_only, checks, file_cleanup  # noqa: F401  # registers the checks

        post_delete.connect(file_cleanup.remove_with_row, sender="classifier.ListingPhoto")
        post_migrate.connect(append_only.install, sender=self)
