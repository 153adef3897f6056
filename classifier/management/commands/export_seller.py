"""`manage.py export_seller NAME FILE`: all that is kept of a seller."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.accounts import personal_data


class Command(BaseCommand):
    help = (
        "Write what is kept of a seller, photos included, to a ZIP file for them. "
        "Example: manage.py export_seller anna anna.zip"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the seller's user name")
        parser.add_argument("file", type=Path, help="a new ZIP file")

    def handle(self, *, name: str, file: Path, **_: Any) -> None:
        try:
            photos = personal_data.export(personal_data.account(name), file)
        except FileExistsError as error:
            raise CommandError(f"{file} is there already; name a new file.") from error
        except (personal_data.NoSuchSellerError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: the data and {photos} photos of {name}.")
