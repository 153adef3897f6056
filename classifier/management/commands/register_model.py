"""`manage.py register_model FOLDER`: make a bundle known, and the champion if asked."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.manifest import BundleError
from classifier.versions import promotion, registry, trial_load


class Command(BaseCommand):
    help = (
        "Check a bundle, copy it to the bundle storage and register it. "
        "Example: manage.py register_model bundles/starter --promote"
    )
    # A damaged champion must not keep its replacement out.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="folder with bundle.json and the weights")
        when = parser.add_mutually_exclusive_group()
        when.add_argument("--promote", action="store_true", help="make it the champion")
        when.add_argument(
            "--promote-if-none", action="store_true", help="make it the champion if there is none"
        )

    def handle(self, *, folder: Path, promote: bool, promote_if_none: bool, **_: Any) -> None:
        try:
            version = registry.register(folder=folder)
            if promote or (promote_if_none and registry.champion() is None):
                trial_load.try_to_load(version)
                promotion.promote(version=version)
        except (BundleError, registry.RegistryError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{version.name} is registered as {version.get_state_display()}.")
