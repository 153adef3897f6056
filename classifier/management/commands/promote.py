"""`manage.py promote NAME`: put a registered model into production."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.manifest import BundleError
from classifier.versions import promotion, registry, storage, trial_load


class Command(BaseCommand):
    help = (
        "Make a registered model the champion; workers swap it in before their next batch. "
        "Example: manage.py promote starter"
    )
    # A damaged champion must not keep its replacement out.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="name of a registered model version")
        parser.add_argument(
            "--reason",
            default="",
            metavar="TEXT",
            help="why it is promoted though the gate rejected it; kept with the promotion",
        )

    def handle(self, *, name: str, reason: str, **_: Any) -> None:
        try:
            version = registry.named(name)
            storage.check_files(version)
            trial_load.try_to_load(version)
            promotion.promote(version=version, reason=reason)
        except (BundleError, registry.RegistryError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{version} is the champion now.")
