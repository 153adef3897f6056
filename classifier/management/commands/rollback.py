"""`manage.py rollback`: put the model that was in production before back there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from classifier.ml.manifest import BundleError
from classifier.versions import promotion, registry


class Command(BaseCommand):
    help = (
        "Make the model that was champion before the champion again; done twice, it is undone. "
        "Example: manage.py rollback"
    )
    # A damaged champion is a good reason to roll back, so it must not stop this.
    requires_system_checks = []

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            version = promotion.rollback()
        except (BundleError, registry.RegistryError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{version} is the champion again.")
