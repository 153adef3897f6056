"""`manage.py remove_orphans`: remove stored files that belong to no photo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.photos import orphans
from classifier.photos.storage import StorageUnavailableError


class Command(BaseCommand):
    help = (
        "Remove files from the photo storage that are over an hour old and belong to no photo, as "
        "after a power cut amid an upload. The scheduler does so every night. "
        "Example: manage.py remove_orphans --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them and remove none")

    def handle(self, *, dry_run: bool, **_: Any) -> None:
        try:
            if not dry_run:
                self.stdout.write(f"Removed {orphans.remove_orphans()} files.")
                return
            count = 0
            for count, name in enumerate(orphans.find_orphans(), start=1):  # noqa: B007  # counted
                self.stdout.write(name)
            # Not among the names, which a script may read.
            self.stderr.write(f"{count} files would be removed." if count else "There are none.")
        except StorageUnavailableError as error:
            raise CommandError(str(error)) from error
