"""The product: photo in, tag out, review."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate


class ClassifierConfig(AppConfig):
    name = "classifier"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from classifier import checks  # noqa: F401  # importing it registers the checks
        from classifier.models import triggers
        from classifier.photos import cleanup

        post_delete.connect(cleanup.remember_files, sender="classifier.ListingPhoto")
        post_migrate.connect(triggers.install, sender=self)
